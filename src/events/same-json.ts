import { isJsonObject } from './event-shape';

/** An id of Stripe's: words, then something with a digit or a capital letter in it, which no enumeration has. */
const ID = /^[a-z]{2,}(?:_[a-z]+)*_(?=\w*[0-9A-Z])\w+$/;

/** Whether two values are the same JSON, in whatever order their keys are. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSameJson(value, b[index]));
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key], b[key]))
    );
  }
  return a === b;
}

/**
 * Whether two values can be the same object, written in two API versions. A version adds, moves, renames and re-words
 * fields; it does not change a number, a flag, a currency, or whom a reference names. So these are compared wherever both
 * have them in the same place, and nothing else is.
 */
export function isSameInOtherVersion(a: unknown, b: unknown, key = ''): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length !== b.length || a.every((value, index) => isSameInOtherVersion(value, b[index], key));
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    return Object.keys(a).every((name) => !Object.hasOwn(b, name) || isSameInOtherVersion(a[name], b[name], name));
  }
  const [one, other] = [referred(a), referred(b)];
  const comparable = typeof one === typeof other && (typeof one !== 'string' || isTelling(key, one, String(other)));
  return !comparable || isSameJson(one, other);
}

/** An expanded reference stands for its id. */
function referred(value: unknown): unknown {
  return isJsonObject(value) && typeof value.id === 'string' ? value.id : value;
}

function isTelling(key: string, one: string, other: string): boolean {
  return key === 'id' || key === 'currency' || (ID.test(one) && ID.test(other));
}
