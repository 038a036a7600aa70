/** Colours a text; what it looks like without colours is its width. */
export type Paint = (text: string) => string;

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  readonly paint?: Paint;
}

const GAP = '  ';

/** Rows of text under their titles, in aligned columns. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], title: Paint): string {
  const widths = columns.map((column, at) =>
    Math.max(column.title.length, ...rows.map((cells) => cells[at]?.length ?? 0)),
  );
  const line = (cellOf: (column: Column, at: number) => string, paintOf: (column: Column) => Paint): string =>
    columns
      .map((column, at) => {
        const [cell, width] = [cellOf(column, at), widths[at] ?? 0];
        return paintOf(column)(column.align === 'right' ? cell.padStart(width) : cell.padEnd(width));
      })
      .join(GAP)
      .trimEnd();
  const head = line(
    (column) => column.title,
    () => title,
  );
  const rule = title(widths.map((width) => '─'.repeat(width)).join(GAP));
  const body = rows.map((cells) =>
    line(
      (_, at) => cells[at] ?? '',
      ({ paint = (text) => text }) => paint,
    ),
  );
  return [head, rule, ...body].join('\n');
}
