import { effect, signal } from '@preact/signals';

const KEY = 'stripe-events-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

type Theme = 'light' | 'dark';

/** The reader's choice, or else the system's. */
export const theme = signal<Theme>(chosen() ?? ofSystem());

system.addEventListener('change', () => {
  theme.value = chosen() ?? ofSystem();
});

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, theme.value);
}

function chosen(): Theme | null {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : null;
}

function ofSystem(): Theme {
  return system.matches ? 'dark' : 'light';
}
