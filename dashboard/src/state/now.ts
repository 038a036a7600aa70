import { signal } from '@preact/signals';

/** The time, often enough for "3 min ago". */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 1_000);
