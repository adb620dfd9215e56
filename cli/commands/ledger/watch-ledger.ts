/** While a ledger is kept: a line that tells how it goes, until its time is over or somebody ends it. */
import { systemClock } from '../../../core/clock.js';
import { sleep } from '../../../core/sleep.js';
import type { Ledger } from '../../../experiment/ledger/ledger.js';
import type { Outcome } from '../../../experiment/ledger/write-table.js';
import { exitCode } from '../../exit-code.js';
import type { Console, Sheet } from '../../terminal/console.js';
import { cutTo } from '../../terminal/width.js';

export interface WatchOptions {
  readonly console: Console;
  /** Null: until a signal. */
  readonly forMs: number | null;
  readonly stateDir: string;
}

const redrawMs = 250;
const clearLine = '\u001b[K';
const longestMs = 2 ** 31 - 1;

/** A second signal ends the process without a word on the data; the state folder can be read back later. */
export async function watchLedger(ledger: Ledger, { console, forMs, stateDir }: WatchOptions): Promise<void> {
  const { err } = console;
  const ending = new AbortController();
  const end = (): void => {
    if (ending.signal.aborted) process.exit(exitCode.signalled + 2);
    ending.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  err.line(
    `writing; what is acknowledged is kept in ${stateDir}${forMs === null ? '; Ctrl-C ends and reads back' : ''}`,
  );
  const live = err.isTerminal ? liveLine(ledger, err) : null;
  try {
    await sleep(forMs ?? longestMs, { clock: systemClock, signal: ending.signal });
    await ledger.stop();
  } finally {
    live?.close();
  }
  err.line('reading back');
}

function liveLine(ledger: Ledger, err: Sheet): { close(): void } {
  const beganMs = systemClock.monotonicMs();
  const counts: Record<Outcome, number> = { acknowledged: 0, refused: 0, unknown: 0 };
  let lastMs = beganMs;
  let longestTookMs = 0;
  const stopListening = ledger.onOperation(({ outcome, tookMs }) => {
    counts[outcome] += 1;
    if (outcome !== 'acknowledged') return;
    lastMs = systemClock.monotonicMs();
    longestTookMs = Math.max(longestTookMs, tookMs);
  });
  const draw = (): void => {
    const nowMs = systemClock.monotonicMs();
    const waited = nowMs - lastMs;
    const state =
      waited < 1000 ? `longest ${longestTookMs.toFixed(0)} ms` : `no answer for ${seconds(waited)}`;
    const { acknowledged, refused, unknown } = counts;
    const text = `${seconds(nowMs - beganMs)}  ${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown  ${state}`;
    err.write(`\r${cutTo(text, err.columns - 1)}${clearLine}`);
    longestTookMs = 0;
  };
  const timer = setInterval(draw, redrawMs);
  return {
    close: () => {
      clearInterval(timer);
      stopListening();
      draw();
      err.line();
    },
  };
}

const seconds = (ms: number): string => `${Math.floor(ms / 1000)} s`;
