import { useSignal } from '@preact/signals';
import { Icon } from '../ui/icon';
import { plain } from '../ui/words';
import { pathOf, type Found } from './search';

/** How many values of one object are there at once, and how much of one text; the rest comes when it is asked for. */
const STEP = 100;
const TEXT_STEP = 2_000;
const FIRST_TEXT = 200;
/** Opened without being asked. */
const OPEN_LEVELS = 3;

interface TreeProps {
  readonly value: unknown;
  readonly found: Found | null;
}

/** A value of JSON. What is closed is not there, so a payload of any size shows at once. */
export function Tree({ name, value, found }: TreeProps & { readonly name: string }) {
  return (
    <ul class="tree">
      <Node name={name} path="" level={0} value={value} found={found} />
    </ul>
  );
}

interface NodeProps extends TreeProps {
  readonly name: string;
  readonly path: string;
  readonly level: number;
}

function Node(props: NodeProps) {
  const { name, path, value, found } = props;
  const hit = found?.paths.has(path) === true;
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    return <Branch {...props} value={value} hit={hit} />;
  }
  return (
    <li class={hit ? 'hit' : ''}>
      <Name of={name} />
      <Leaf value={value} />
    </li>
  );
}

function Branch({
  name,
  path,
  level,
  value,
  found,
  hit,
}: NodeProps & { readonly value: object; readonly hit: boolean }) {
  const chosen = useSignal<boolean | null>(null);
  const shown = useSignal(STEP);
  const names = Object.keys(value);
  const open = found?.open.has(path) === true || (chosen.value ?? (level < OPEN_LEVELS && names.length <= STEP));
  const parts = value as Readonly<Record<string, unknown>>;
  // What was found is shown, however far down the list it is.
  const most = found?.open.has(path) === true ? names.length : shown.value;
  const visible = open
    ? names.filter((key, index) => index < shown.value || (most > index && inSight(found, path, key)))
    : [];
  return (
    <li class={hit ? 'hit' : ''}>
      <button type="button" class="toggle" aria-expanded={open} onClick={() => (chosen.value = !open)}>
        <Icon name="right" />
        <Name of={name} />
        <span class="muted">{Array.isArray(value) ? `[ ${names.length} ]` : `{ ${names.length} }`}</span>
      </button>
      {open && (
        <ul>
          {visible.map((key) => (
            <Node key={key} name={key} path={pathOf(path, key)} level={level + 1} value={parts[key]} found={found} />
          ))}
          {visible.length < names.length && (
            <li>
              <button type="button" class="more" onClick={() => (shown.value += STEP)}>
                {Math.min(STEP, names.length - visible.length)} more of {names.length - visible.length}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function inSight(found: Found | null, path: string, key: string): boolean {
  const child = pathOf(path, key);
  return found !== null && (found.paths.has(child) || found.open.has(child));
}

function Name({ of }: { readonly of: string }) {
  return of === '' ? null : (
    <span class="name">
      <bdi>{plain(of)}</bdi>:{' '}
    </span>
  );
}

function Leaf({ value }: { readonly value: unknown }) {
  const shown = useSignal(FIRST_TEXT);
  if (typeof value !== 'string') {
    return <span class={`leaf leaf-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>;
  }
  const rest = value.length - shown.value;
  return (
    <span class="leaf leaf-string">
      <bdi>"{plain(value.slice(0, shown.value))}"</bdi>
      {rest > 0 && (
        <button type="button" class="more" onClick={() => (shown.value += TEXT_STEP)}>
          {Math.min(TEXT_STEP, rest)} more of {rest} characters
        </button>
      )}
    </span>
  );
}
