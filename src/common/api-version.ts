// A preview is no release: two of them have nothing in common but the word.
const RELEASE = /^\d{4}-\d{2}-\d{2}\.(?!preview$)([a-z][a-z0-9_-]*)$/;

/**
 * Whether two API versions write objects in the same form: they are one, or of one release, within which nothing changes
 * that breaks (https://docs.stripe.com/api/versioning). Versions of before 2024-09-30 have no release.
 */
export function isSameRelease(one: string, other: string): boolean {
  return one === other || (releaseOf(one) !== undefined && releaseOf(one) === releaseOf(other));
}

function releaseOf(version: string): string | undefined {
  return RELEASE.exec(version)?.[1];
}
