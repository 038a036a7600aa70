import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';

/** Rows beyond the visible ones, so that fast scrolling does not show gaps. */
const SPARE = 12;

interface WindowedProps<Item> {
  readonly items: readonly Item[];
  readonly rowHeight: number;
  readonly label: string;
  /** Which columns there are room for, by the classes of the style sheet. */
  readonly look: string;
  readonly columns: readonly string[];
  readonly keyOf: (item: Item) => string;
  readonly cells: (item: Item) => readonly ComponentChildren[];
  /** Called when the end comes into sight. */
  readonly onEnd?: () => void;
  readonly children?: ComponentChildren;
}

/** A table of any length, of which only the rows in sight are there. */
export function Windowed<Item>(props: WindowedProps<Item>) {
  const { items, rowHeight, label, columns, onEnd, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const seen = useSignal({ top: 0, height: 800 });
  const look = (): void => {
    const { scrollTop: top = 0, clientHeight: height = 800 } = box.current ?? {};
    seen.value = { top, height };
  };
  useEffect(() => {
    const resized = new ResizeObserver(look);
    if (box.current !== null) resized.observe(box.current);
    return () => resized.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(seen.value.top / rowHeight) - SPARE);
  const last = Math.min(items.length, Math.ceil((seen.value.top + seen.value.height) / rowHeight) + SPARE);
  useEffect(() => {
    if (last >= items.length - SPARE) onEnd?.();
  }, [last, items.length]);
  return (
    <div ref={box} class={`windowed ${props.look}`} onScroll={look} tabIndex={0} role="region" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={items.length + 1}>
        <div role="rowgroup" class="windowed-head">
          <div role="row" aria-rowindex={1} class="row">
            {columns.map((column) => (
              <span key={column} role="columnheader">
                {column}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="windowed-body" style={{ height: `${items.length * rowHeight}px` }}>
          {items.slice(first, last).map((item, index) => (
            <Row key={props.keyOf(item)} at={first + index} {...props} item={item} />
          ))}
        </div>
      </div>
      {children}
    </div>
  );
}

function Row<Item>({ at, item, rowHeight, cells }: WindowedProps<Item> & { readonly at: number; readonly item: Item }) {
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      class="row"
      style={{ height: `${rowHeight}px`, transform: `translateY(${at * rowHeight}px)` }}
    >
      {cells(item).map((cell, index) => (
        <span key={index} role="cell">
          {cell}
        </span>
      ))}
    </div>
  );
}
