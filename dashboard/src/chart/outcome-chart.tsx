import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import uPlot from 'uplot';
import type { Bucket, Stats } from '../api/types';
import { theme } from '../state/theme';
import { count, moment } from '../ui/words';
import { STACK, stacked, total } from './outcomes';

const HEIGHT = 220;
const DAY_MS = 86_400_000;

/** Events a minute, by what became of them. */
export function OutcomeChart({ stats }: { readonly stats: Stats }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const pointed = useSignal<number | null>(null);
  const data = stacked(stats.overTime, stats.bucketMs);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new uPlot(
      optionsFor(element, stats, (index) => (pointed.value = index)),
      data,
      element,
    );
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
    // The colours are read when the chart is made, and so is the length of a bar.
  }, [theme.value, stats.bucketMs]);
  useEffect(() => chart.current?.setData(data), [stats]);

  const bucket = pointed.value === null ? undefined : stats.overTime[pointed.value];
  return (
    <figure class="chart">
      <div ref={place} class="chart-plot" role="img" aria-label={summaryOf(stats)} />
      <figcaption>{bucket === undefined ? <Legend stats={stats} /> : <Reading bucket={bucket} />}</figcaption>
    </figure>
  );
}

function Legend({ stats }: { readonly stats: Stats }) {
  return (
    <ul class="legend">
      {STACK.map((outcome) => (
        <li key={outcome}>
          <i class={`swatch swatch-${outcome}`} />
          {outcome} <b>{count(stats.byStatus[outcome])}</b>
        </li>
      ))}
    </ul>
  );
}

function Reading({ bucket }: { readonly bucket: Bucket }) {
  return (
    <ul class="legend">
      <li>
        <b>{moment(bucket.from ?? '')}</b>
      </li>
      {STACK.map((outcome) => (
        <li key={outcome}>
          <i class={`swatch swatch-${outcome}`} />
          {outcome} <b>{count(bucket[outcome])}</b>
        </li>
      ))}
    </ul>
  );
}

function summaryOf({ overTime, window, byStatus }: Stats): string {
  const busiest = overTime.reduce((most, bucket) => Math.max(most, total(bucket)), 0);
  const parts = STACK.map((outcome) => `${count(byStatus[outcome])} ${outcome}`).join(', ');
  return `Events a minute in the last ${window}: ${parts}. At most ${count(busiest)} in one stretch.`;
}

function optionsFor(element: HTMLElement, stats: Stats, onPoint: (index: number | null) => void): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    font: '12px system-ui',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const seconds = stats.bucketMs / 1_000;
  const bars = uPlot.paths.bars?.({ size: [0.86, 48], align: 1 });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [12, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    hooks: { setCursor: [(plot) => onPoint(pointedAt(plot, seconds))] },
    scales: {
      // Bars stand to the right of their moment: the latest one needs room as well.
      x: { range: (_plot, min, max) => [min, max + seconds] },
      y: { range: (_plot, _min, max) => [0, Math.max(max, 1e-3) * 1.08] },
    },
    axes: [
      { ...axis, size: 28, grid: { show: false }, values: (_plot, splits) => splits.map(clockFor(stats)) },
      { ...axis, size: 46, values: (_plot, splits) => splits.map((value) => String(Number(value.toPrecision(3)))) },
    ],
    series: [
      {},
      ...[...STACK].reverse().map((outcome) => ({
        label: outcome,
        fill: colour(`--chart-${outcome}`),
        stroke: colour(`--chart-${outcome}`),
        width: 0,
        points: { show: false },
        ...(bars === undefined ? {} : { paths: bars }),
      })),
    ],
  };
}

/** The bar that the pointer is over. */
function pointedAt(plot: uPlot, seconds: number): number | null {
  const { left = -1 } = plot.cursor;
  const [moments] = plot.data;
  const [first] = moments;
  if (left < 0 || first === undefined) return null;
  return Math.min(moments.length - 1, Math.max(0, Math.floor((plot.posToVal(left, 'x') - first) / seconds)));
}

function clockFor({ from, to }: Stats): (seconds: number) => string {
  const long = Date.parse(to ?? '') - Date.parse(from ?? '') > DAY_MS;
  const format = new Intl.DateTimeFormat(
    undefined,
    long ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
  return (seconds) => format.format(new Date(seconds * 1_000));
}
