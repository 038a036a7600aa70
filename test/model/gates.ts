/** A place where a flow of a simulated process waits until the history lets it go on. */
export interface Gate<Process> {
  readonly process: Process;
  readonly at: string;
  open(): void;
}

/** Whether a process can go on: `gone` processes never do again. */
export interface Gated {
  readonly state: 'running' | 'paused' | 'gone';
}

/** Every place at which simulated processes wait. Between two gates a flow touches the database once at most. */
export class Gates<Process extends Gated> {
  private waiting: Gate<Process>[] = [];

  /** Resolves when the history opens the gate, which it never does for a process that is gone. */
  pass(process: Process, at: string): Promise<void> {
    return process.state === 'gone'
      ? new Promise(() => undefined)
      : new Promise((open) => {
          this.waiting.push({ process, at, open });
        });
  }

  /** Those that can be opened now. */
  ready(): readonly Gate<Process>[] {
    return this.waiting.filter(({ process }) => process.state === 'running');
  }

  open(gate: Gate<Process>): void {
    this.waiting = this.waiting.filter((other) => other !== gate);
    gate.open();
  }

  /** A process that vanished waits for nothing. */
  forget(process: Process): void {
    this.waiting = this.waiting.filter((gate) => gate.process !== process);
  }
}
