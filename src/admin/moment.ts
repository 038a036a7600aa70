/** A moment in ISO 8601 and UTC; null where there is none. */
export function moment(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
