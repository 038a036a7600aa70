import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/request';
import { now } from '../state/now';
import { notify } from '../state/notices';
import { Icon } from './icon';
import { ago, moment, plain } from './words';

/** A text from outside: it cannot turn the text around it. */
export function Text({ of, mono = false }: { readonly of: string; readonly mono?: boolean }) {
  return <bdi class={mono ? 'mono' : ''}>{plain(of)}</bdi>;
}

export function Status({ of, reason }: { readonly of: string; readonly reason?: string | null }) {
  return (
    <span class={`status status-${of}`} title={reason ?? undefined}>
      {of}
    </span>
  );
}

export function Mode({ live }: { readonly live: boolean }) {
  return <span class={live ? 'tag tag-live' : 'tag'}>{live ? 'live' : 'test'}</span>;
}

/** A moment, as how long ago it was; the moment itself is in the tooltip. */
export function Time({ at, fallback = '–' }: { readonly at: string | null; readonly fallback?: string }) {
  if (at === null) return <span class="muted">{fallback}</span>;
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(Date.parse(at), now.value)}
    </time>
  );
}

/** What was thrown; where it came from is a click away. */
export function ErrorBox({ of }: { readonly of: string }) {
  const stack = of.search(/^ {4}at /m);
  return (
    <div class="error-box">
      <pre>
        <Text of={(stack < 0 ? of : of.slice(0, stack)).trimEnd()} />
      </pre>
      {stack >= 0 && (
        <details>
          <summary>Stack</summary>
          <pre>
            <Text of={of.slice(stack).replace(/^ {4}/gm, '')} />
          </pre>
        </details>
      )}
    </div>
  );
}

export function CopyButton({ text, what }: { readonly text: string | (() => string); readonly what: string }) {
  const copy = (): void => {
    navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
      () => notify('good', `Copied the ${what}.`),
      () => notify('bad', 'The browser does not let this page copy.'),
    );
  };
  return (
    <button type="button" class="icon-button" aria-label={`Copy the ${what}`} title={`Copy the ${what}`} onClick={copy}>
      <Icon name="copy" />
    </button>
  );
}

export function Card({
  title,
  action,
  children,
  class: name = '',
}: {
  readonly title: string;
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}) {
  return (
    <section class={`card ${name}`}>
      <header class="card-head">
        <h2>{title}</h2>
        {action}
      </header>
      {children}
    </section>
  );
}

export function Problem({ of }: { readonly of: ApiError | null }) {
  if (of === null) return null;
  return (
    <p class="banner banner-bad" role="alert">
      <Icon name="alert" />
      {plain(of.message)}
    </p>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading …
    </p>
  );
}

/** Facts in two columns; those without a value are left out. */
export function Facts({ of }: { readonly of: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
