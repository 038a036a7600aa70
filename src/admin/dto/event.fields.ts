import { EVENT_SOURCES, EVENT_STATUSES } from '../../events';
import { choiceRule, momentRule, textRule } from './field';

const KIND = /^(\*|[^*]+(\.\*)?)$/;

const kindText = textRule('The type of the event, e.g. `invoice.paid`, or a family of types: `customer.*`.');

export const KIND_RULE = {
  ...kindText,
  expected: 'an event type, a family of types like customer.*, or *',
  accepts: (value: unknown) => kindText.accepts(value) && KIND.test(String(value)),
};
export const STATUS_RULE = choiceRule('Where the event is on its way.', EVENT_STATUSES);
export const SOURCE_RULE = choiceRule('How the event came in.', EVENT_SOURCES);
export const FROM_RULE = momentRule('Received at this moment or later.');
export const TO_RULE = momentRule('Received before this moment.');
