import { windowMs } from '../window';
import { OptionalField } from './field';

/** How far back the statistics look where a request does not say. */
export const DEFAULT_WINDOW = '24h';

/** The parameters of `GET stats`. */
export class StatsParameters {
  @OptionalField({
    expected: 'a duration from 1m to 90d, like 15m, 24h or 7d',
    accepts: (value) => windowMs(value) !== null,
    doc: { type: 'string', default: DEFAULT_WINDOW, description: 'How far to look back: 15m, 24h, 7d; 1m to 90d.' },
  })
  window?: string;
}
