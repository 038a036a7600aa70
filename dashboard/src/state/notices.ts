import { signal } from '@preact/signals';

const SHOWN_MS = 6_000;

/** Something that just happened. */
export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export const notices = signal<readonly Notice[]>([]);
let last = 0;

export function notify(tone: Notice['tone'], text: string): void {
  const id = ++last;
  notices.value = [...notices.value, { id, tone, text }];
  setTimeout(() => {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  }, SHOWN_MS);
}
