import type {
  StripeDeliveryEnd,
  StripeDeliveryObservation,
  StripeHandlerCall,
  StripeHandlerEnd,
  StripeObservation,
  StripeObservedEvent,
  StripeObserver,
  StripeRecordedBatch,
  StripeSettlement,
} from './observer';

/** An observation by any number of observers: the work is done, whatever they do. */
export interface Observed<End> extends StripeObservation<End> {
  run<T>(work: () => Promise<T>): Promise<T>;
}

const UNOBSERVED: Observed<unknown> & StripeDeliveryObservation = {
  run: <T>(work: () => Promise<T>) => work(),
  about: () => undefined,
  end: () => undefined,
};

/** Where observers are told what the module does. Without any, telling costs a look at an empty list. */
export class StripeTelemetry implements Required<StripeObserver> {
  private observers: readonly StripeObserver[] = [];
  private hasComplained = false;

  /** @param complain called once, with the first thing that an observer threw */
  constructor(private readonly complain: (error: unknown) => void = () => undefined) {}

  /** Tells this observer too, of what begins from now on. Returns what ends that. */
  observe(observer: StripeObserver): () => void {
    this.observers = [...this.observers, observer];
    return () => {
      this.observers = this.observers.filter((other) => other !== observer);
    };
  }

  delivery(): Observed<StripeDeliveryEnd> & StripeDeliveryObservation {
    if (this.observers.length === 0) {
      return UNOBSERVED;
    }
    const observations = this.collect((observer) => observer.delivery?.());
    return {
      ...this.together(observations),
      about: (event) => {
        this.each(observations, (observation) => {
          observation.about(event);
        });
      },
    };
  }

  recorded(batch: StripeRecordedBatch): void {
    this.tell((observer) => observer.recorded?.(batch));
  }

  claimed(events: Parameters<Required<StripeObserver>['claimed']>[0]): void {
    this.tell((observer) => observer.claimed?.(events));
  }

  handling(call: StripeHandlerCall): Observed<StripeHandlerEnd> {
    return this.observers.length === 0
      ? UNOBSERVED
      : this.together(this.collect((observer) => observer.handling?.(call)));
  }

  settled(event: StripeObservedEvent, settlement: StripeSettlement): void {
    this.tell((observer) => observer.settled?.(event, settlement));
  }

  died(count: number): void {
    this.tell((observer) => observer.died?.(count));
  }

  /** The work runs within the contexts of all of them, the first observer's outermost. */
  private together<End>(observations: readonly StripeObservation<End>[]): Observed<End> {
    return {
      run: (work) => observations.reduceRight((inner, outer) => this.within(outer, inner), work)(),
      end: (end) => {
        this.each(observations, (observation) => {
          observation.end(end);
        });
      },
    };
  }

  /** The work, called exactly once, whatever the observer does. */
  private within<T>(observation: StripeObservation<never>, work: () => Promise<T>): () => Promise<T> {
    let begun: Promise<T> | undefined;
    const once = (): Promise<T> => (begun ??= work());
    return () => {
      this.each([observation], () => observation.run(once));
      return once();
    };
  }

  private tell(say: (observer: StripeObserver) => unknown): void {
    if (this.observers.length > 0) {
      this.each(this.observers, say);
    }
  }

  private collect<Begun>(begin: (observer: StripeObserver) => Begun | undefined): Begun[] {
    const begun: Begun[] = [];
    this.each(this.observers, (observer) => {
      const observation = begin(observer);
      if (observation !== undefined) {
        begun.push(observation);
      }
    });
    return begun;
  }

  /** Nothing that watches the work may be in its way. */
  private each<Item>(items: readonly Item[], act: (item: Item) => unknown): void {
    for (const item of items) {
      try {
        act(item);
      } catch (error) {
        if (!this.hasComplained) {
          this.hasComplained = true;
          this.complain(error);
        }
      }
    }
  }
}

/** For what is made without anybody to tell. */
export const UNWATCHED = new StripeTelemetry();
