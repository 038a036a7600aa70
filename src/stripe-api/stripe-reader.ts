import type Stripe from 'stripe';
import type { PatientCalls } from './patient-calls';

/** An answer of the API. */
export interface StripeAnswer {
  /** As it is written, where the SDK's HTTP client gives that: numbers and spacing are those of Stripe. */
  readonly text: string;
  readonly body: unknown;
}

/** Nobody waits for a whole list, so it may take its time: with the pauses in between, some minutes of an outage. */
const ATTEMPTS = 10;

/** Reads what the API answers as it is written, which the SDK's own methods do not give. */
export class StripeReader {
  constructor(private readonly calls: PatientCalls) {}

  /**
   * What the API answers to a GET.
   *
   * @param path with its query
   * @throws the SDK's error, when asking again cannot help or has not helped; the signal's reason when it is aborted
   */
  async get(client: Stripe, path: string, signal: AbortSignal): Promise<StripeAnswer> {
    const ask = async (given: AbortSignal): Promise<StripeAnswer> => {
      // Streamed, so that the SDK leaves the body as it is. The retries are not its own; stripe 20 adds the client's.
      const options = { streaming: true, maxNetworkRetries: 0 };
      const text = await textOf(await client.rawRequest('GET', path, undefined, options), given);
      return { text, body: JSON.parse(text) as unknown };
    };
    return (await this.calls.call(ask, { signal, attempts: ATTEMPTS })).value;
  }
}

/** The SDK gives what its HTTP client streams; one that does not stream gives the parsed body. */
async function textOf(answered: unknown, signal: AbortSignal): Promise<string> {
  if (!isStream(answered)) {
    return JSON.stringify(answered);
  }
  signal.addEventListener('abort', () => answered.destroy?.(), { once: true });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answered) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

type ByteStream = AsyncIterable<Uint8Array> & { destroy?: () => void };

function isStream(value: unknown): value is ByteStream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && !('data' in value);
}
