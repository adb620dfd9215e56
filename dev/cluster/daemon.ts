/** A program that goes on in an enclosure when this process is gone. It writes its log there, and its PID, as numbered there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/sidecar/mounted/until.js';
import type { Enclosure } from './enclosure.js';

export interface Daemon {
  readonly name: string;
  readonly command: readonly string[];
}

const endMs = 20_000;
const script = 'echo $$ >"$1.pid"; log=$1.log; shift; exec "$@" >>"$log" 2>&1 </dev/null';

/** `folder` gets NAME.log and NAME.pid. */
export function startDaemon(enclosure: Enclosure, folder: string, { name, command }: Daemon): void {
  enclosure.succeed('setsid', '--fork', 'sh', '-c', script, 'sh', join(folder, name), ...command);
}

/** Resolves once it is gone. */
export async function endDaemon(
  enclosure: Enclosure,
  folder: string,
  name: string,
  signal: 'TERM' | 'KILL' = 'KILL',
): Promise<void> {
  const pid = readFileSync(join(folder, `${name}.pid`), 'utf8').trim();
  enclosure.run('kill', `-${signal}`, pid);
  await until(() => enclosure.run('kill', '-0', pid).code !== 0, endMs);
}

export const isRunning = (enclosure: Enclosure, folder: string, name: string): boolean => {
  const pid = readFileSync(join(folder, `${name}.pid`), 'utf8').trim();
  return enclosure.run('kill', '-0', pid).code === 0;
};

/** The end of its log, for who asks why it does not get ready. */
export const tailOfLog = (folder: string, name: string): string =>
  readFileSync(join(folder, `${name}.log`), 'utf8').slice(-3000);
