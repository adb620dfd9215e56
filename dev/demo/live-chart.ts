/** The panel that changes while the demo runs: the chart as far as it is, and a line on the last second. */
import type { Chart, Span } from './chart/chart.js';
import { terminalChart } from './chart/terminal-chart.js';
import { liveStatus } from './live-status.js';
import { fitting, type Screen } from './screen.js';

export interface Running extends Pick<Chart, 'transactions' | 'lag'> {
  /** Of the actions that are over. */
  readonly spans: readonly Span[];
  /** The action that is not: its end is now. */
  readonly open: Pick<Span, 'title' | 'fromMs'> | null;
}

export interface LiveChart {
  close(): void;
}

export interface LiveChartOptions {
  readonly screen: Screen;
  readonly running: () => Running;
  readonly now: () => number;
  readonly seconds: number;
}

const lineEveryMs = 250;
const chartEveryMs = 1000;

export function showLiveChart(options: LiveChartOptions): LiveChart {
  const { screen, running, now, seconds } = options;
  let chart: readonly string[] = [];
  let drawnMs = Number.NEGATIVE_INFINITY;
  const tick = (): void => {
    if (now() - drawnMs >= chartEveryMs) {
      chart = chartLines(options);
      drawnMs = now();
    }
    screen.show([...chart, fitting(liveStatus(running().transactions, now(), seconds), screen)]);
  };
  const ticker = screen.room > 0 ? setInterval(tick, lineEveryMs) : undefined;
  return {
    close: () => {
      clearInterval(ticker);
      screen.show([]);
    },
  };
}

/** None where the terminal is too low for it. */
function chartLines({ screen, running, now, seconds }: LiveChartOptions): readonly string[] {
  const { transactions, lag, spans, open } = running();
  const nowMs = now();
  const soFar: Chart = {
    title: '',
    verdict: '',
    durationMs: Math.max(seconds * 1000, nowMs),
    transactions,
    lag,
    spans: open === null ? spans : [...spans, { ...open, told: '', proof: '', toMs: nowMs }],
  };
  const lines = ['', ...terminalChart(soFar, screen).split('\n'), ''];
  return lines.length < screen.room ? lines : [];
}
