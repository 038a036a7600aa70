import { countRule, textRule } from './field';

const MOST_ITEMS = 100;
const DEFAULT_ITEMS = 25;

export const LIMIT_RULE = countRule('Most items to return.', MOST_ITEMS, DEFAULT_ITEMS);
export const CURSOR_RULE = textRule('`nextCursor` of the page before.');
