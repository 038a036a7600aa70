import type { ComponentChildren } from 'preact';
import { route } from '../state/route';
import { about, hasToken, signOut } from '../state/session';
import { theme, toggleTheme } from '../state/theme';
import { Icon, type IconName } from './icon';
import { Logo } from './logo';

const SECTIONS: readonly { readonly name: string; readonly section: string | undefined; readonly icon: IconName }[] = [
  { name: 'Overview', section: undefined, icon: 'overview' },
  { name: 'Events', section: 'events', icon: 'events' },
  { name: 'Customers', section: 'customers', icon: 'customers' },
  { name: 'Live', section: 'live', icon: 'live' },
];

/** What is around every page: where to go, and who is there. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="#/">
          <Logo />
          <span>Stripe events</span>
        </a>
        <nav aria-label="Sections">
          {SECTIONS.map(({ name, section, icon }) => (
            <a
              key={name}
              href={`#/${section ?? ''}`}
              aria-current={route.value.parts[0] === section ? 'page' : undefined}
            >
              <Icon name={icon} />
              <span>{name}</span>
            </a>
          ))}
        </nav>
        <div class="bar-end">
          {about.value?.readOnly === true && <span class="tag">read-only</span>}
          <ThemeButton />
          {hasToken.value && (
            <button type="button" class="icon-button" aria-label="Sign out" title="Sign out" onClick={signOut}>
              <Icon name="leave" />
            </button>
          )}
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function ThemeButton() {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Use the ${other} colours`}
      title={`Use the ${other} colours`}
      onClick={toggleTheme}
    >
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </button>
  );
}

/** By hand, since the part of the address behind the `#` says which page is shown. */
function focusMain(click: Event): void {
  click.preventDefault();
  document.getElementById('main')?.focus();
}
