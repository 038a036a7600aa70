import { InvalidOptionsError } from './errors';

const LONGEST_TIMER = 2 ** 31 - 1;

/** Collects what is wrong, so that all of it can be said at once. */
export class OptionCheck {
  private readonly problems: string[] = [];

  holds(condition: boolean, problem: string): void {
    if (!condition) {
      this.problems.push(problem);
    }
  }

  count(name: string, value: number, least: number): number {
    const fits = Number.isInteger(value) && value >= least && value <= LONGEST_TIMER;
    this.holds(fits, `${name} must be a whole number from ${least} to ${LONGEST_TIMER}, not ${kindOf(value)}`);
    return value;
  }

  factor(name: string, value: number): number {
    this.holds(Number.isFinite(value) && value >= 1, `${name} must be a number of at least 1, not ${kindOf(value)}`);
    return value;
  }

  flag(name: string, value: boolean | undefined): boolean | undefined {
    this.holds(
      value === undefined || typeof value === 'boolean',
      `${name} must be true or false, not ${kindOf(value)}`,
    );
    return value;
  }

  oneOf<Word extends string>(name: string, value: Word, words: readonly Word[]): Word {
    const quoted = words.map((word) => `'${word}'`);
    const listed = `${quoted.slice(0, -1).join(', ')} or ${quoted.slice(-1).join('')}`;
    this.holds(words.includes(value), `${name} must be ${listed}`);
    return value;
  }

  callback<Call>(name: string, value: Call | undefined): Call | undefined {
    this.holds(value === undefined || typeof value === 'function', `${name} must be a function, not ${kindOf(value)}`);
    return value;
  }

  /** An empty secret would let everybody sign: https://github.com/stripe/stripe-node/pull/2841. */
  secrets(name: string, value: string | readonly string[] | undefined, needed: boolean): readonly string[] {
    const secrets = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    this.holds(!needed || secrets.length > 0, `${name} is missing: take it from the endpoint in the Stripe Dashboard`);
    const usable = secrets.every((secret) => typeof secret === 'string' && secret.trim() !== '');
    this.holds(usable, `${name} must not be blank`);
    return secrets;
  }

  done(): void {
    if (this.problems.length > 0) {
      throw new InvalidOptionsError(this.problems);
    }
  }
}

/** The value of a number, but only the type of anything else: options hold secrets. */
function kindOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
