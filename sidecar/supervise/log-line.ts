/** A line of the log as pino writes it, for processes that do not load pino. */

export const level = { debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
export type Level = keyof typeof level;

/** What goes along beside the message. */
type Fields = Readonly<Record<string, string | number | boolean | null>>;

export const logLine = (of: Level, code: string, msg: string, fields: Fields = {}): string =>
  JSON.stringify({ level: level[of], time: Date.now(), pid: process.pid, code, ...fields, msg });

/** For a process whose standard error is its log. */
export function writeLog(of: Level, code: string, msg: string): void {
  process.stderr.write(`${logLine(of, code, msg)}\n`);
}
