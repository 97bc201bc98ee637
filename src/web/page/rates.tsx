/** The rates of the last minutes, both ways, as a chart; the latest in words. */
import { useEffect, useRef } from 'preact/hooks';
import Plot from 'uplot';
import { duration, rate } from '../../base/format.js';
import { SECOND } from '../../base/units.js';
import type { Sample } from './store.js';
import { color, useTheme } from './theme.js';

const HEIGHT = 180;

export function Rates({ samples }: { samples: readonly Sample[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = place.current!;
    const chart = new Plot(options(element.clientWidth), dataOf(samples), element);
    plot.current = chart;
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [theme]);
  useEffect(() => plot.current?.setData(dataOf(samples)), [samples]);
  const last = samples.at(-1);
  const words = last ? `Now ${rate(last.down)} down and ${rate(last.up)} up` : 'Nothing measured yet';
  return <figure>
    <div ref={place} class="chart" role="img" aria-label={words} />
    <figcaption class="legend"><span><i class="down" />down</span><span><i class="up" />up</span></figcaption>
  </figure>;
}

/** Times as seconds before the last. */
function dataOf(samples: readonly Sample[]): Plot.AlignedData {
  const last = samples.at(-1)?.at ?? 0;
  return [samples.map((s) => s.at - last), samples.map((s) => s.down), samples.map((s) => s.up)];
}
/** Seconds between two marks: as few as there is room for. */
const MARKS = [10, 30, 60, 120];
const beforeNow = (seconds: number): string => (seconds === 0 ? 'now' : `−${duration(-seconds * SECOND)}`);

function options(width: number): Plot.Options {
  const [ink, rule] = [color('--soft'), color('--rule')];
  const axis: Plot.Axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  return {
    width, height: HEIGHT, legend: { show: false }, cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1000, most * 1.1)] } },
    axes: [{ ...axis, size: 30, space: 56, incrs: MARKS, values: (_, splits) => splits.map(beforeNow) }, { ...axis, size: 76, values: (_, splits) => splits.map((n) => rate(n)) }],
    series: [
      {},
      { label: 'down', stroke: color('--down'), width: 2, fill: color('--down-wash'), points: { show: false } },
      { label: 'up', stroke: color('--up'), width: 2, points: { show: false } },
    ],
  };
}
