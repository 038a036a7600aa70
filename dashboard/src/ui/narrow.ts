import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 720px)');

/** Whether a table has no room for its columns. */
export const narrow = signal(query.matches);

query.addEventListener('change', () => {
  narrow.value = query.matches;
});
