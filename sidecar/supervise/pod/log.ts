/** What the container says: lines of JSON on stdout, its own and those of the fault proxies. */
import { type Level, level, logLine } from '../log-line.js';

/** Of what nobody reads; past it lines are dropped, so that a log that stalls stalls nothing else. */
const mostPendingBytes = 4 * 1024 * 1024;

export interface ContainerLog {
  /** A line that was written for the log already. */
  readonly line: (line: string) => void;
  say(of: Level, code: string, msg: string): void;
}

export function openLog(least: Level): ContainerLog {
  const { stdout } = process;
  // Whoever read it may be gone; that must not end us.
  stdout.on('error', () => {});
  const line = (text: string): void => {
    if (stdout.writableLength < mostPendingBytes) stdout.write(`${text}\n`);
  };
  return {
    line,
    say: (of, code, msg) => {
      if (level[of] >= level[least]) line(logLine(of, code, msg));
    },
  };
}
