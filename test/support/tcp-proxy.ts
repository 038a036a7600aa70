import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between a test and a server, with the faults networks have. */
export interface TcpProxy {
  readonly port: number;
  /** Lets everything through, first what was held back. */
  pass(): Promise<void>;
  /** Ends every connection, and refuses new ones. */
  refuse(): Promise<void>;
  /** Takes connections and bytes, and lets nothing through: the other side has gone without a word. */
  blackhole(): void;
  /** Never again lets anything through on the connections that there are; new ones pass. The server was replaced. */
  forsake(): Promise<void>;
  /** Lets bytes through this much later. */
  delay(ms: number): void;
  /** Breaks the connections that there are, in the midst of whatever they do. */
  reset(): void;
  /**
   * Lets a request through and loses its answer with the connection: what it committed, its sender never learns.
   *
   * @param marks texts that the sender's bytes contain, one after the other; the last is in the request
   * @returns a promise of when that happened
   */
  loseAnswerTo(...marks: string[]): Promise<void>;
  close(): Promise<void>;
}

interface Loss {
  readonly marks: readonly string[];
  readonly done: () => void;
}

/** What the connections share: how the network is just now. */
class Network {
  readonly links = new Set<Link>();
  holding = false;
  delayMs = 0;
  loss: Loss | undefined;

  release(): void {
    this.holding = false;
    this.delayMs = 0;
    this.links.forEach((link) => link.flush());
  }

  reset(): void {
    this.links.forEach((link) => link.reset());
    this.links.clear();
  }

  forsake(): void {
    this.links.forEach((link) => link.forsake());
  }
}

/** One connection, and the bytes on their way. */
class Link {
  private readonly held: (() => void)[] = [];
  private forsaken = false;
  private seen: { loss: Loss | undefined; marks: number } = { loss: undefined, marks: 0 };
  private readonly server: Socket;

  constructor(
    private readonly network: Network,
    private readonly client: Socket,
    target: { host: string; port: number },
  ) {
    network.links.add(this);
    this.server = connect(target);
    this.client.setNoDelay(true);
    this.server.setNoDelay(true);
    this.client.on('data', (bytes) => this.toServer(bytes));
    this.server.on('data', (bytes) => this.toClient(bytes));
    this.client.on('end', () => this.send(() => this.server.end()));
    this.server.on('end', () => this.send(() => this.client.end()));
    this.client.on('error', () => this.reset());
    this.server.on('error', () => this.reset());
    this.client.on('close', () => this.send(() => this.server.destroy()));
    this.server.on('close', () => this.send(() => this.client.destroy()));
  }

  flush(): void {
    this.held.splice(0).forEach((send) => send());
  }

  forsake(): void {
    this.forsaken = true;
    this.held.length = 0;
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private toServer(bytes: Buffer): void {
    const { loss } = this.network;
    if (this.seen.loss !== loss) {
      this.seen = { loss, marks: 0 };
    }
    const mark = loss?.marks[this.seen.marks];
    if (mark !== undefined && bytes.includes(mark)) {
      this.seen.marks += 1;
    }
    this.send(() => this.server.write(bytes));
  }

  private toClient(bytes: Buffer): void {
    const { loss } = this.network;
    if (loss !== undefined && this.seen.loss === loss && this.seen.marks === loss.marks.length) {
      this.network.loss = undefined;
      this.reset();
      loss.done();
      return;
    }
    this.send(() => this.client.write(bytes));
  }

  /** In order, whatever changes meanwhile. */
  private send(action: () => void): void {
    const { holding, delayMs } = this.network;
    if (this.forsaken) {
      return;
    }
    if (!holding && delayMs === 0 && this.held.length === 0) {
      action();
      return;
    }
    this.held.push(action);
    if (!holding) {
      setTimeout(() => this.held.shift()?.(), delayMs).unref();
    }
  }
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const network = new Network();
  const accept = (client: Socket): Link => new Link(network, client, target);
  let server = await listen(createServer(accept), 0);
  const { port } = server.address() as AddressInfo;
  const refuse = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    network.reset();
    await closed;
  };
  const pass = async (): Promise<void> => {
    network.release();
    if (!server.listening) {
      server = await listen(createServer(accept), port);
    }
  };
  return {
    port,
    refuse,
    pass,
    forsake: () => {
      network.forsake();
      return pass();
    },
    blackhole: () => {
      network.holding = true;
    },
    delay: (ms) => {
      network.delayMs = ms;
    },
    reset: () => network.reset(),
    loseAnswerTo: (...marks) =>
      new Promise((resolve) => {
        network.loss = { marks, done: resolve };
      }),
    close: () => (server.listening ? refuse() : Promise.resolve()),
  };
}

function listen(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}
