/** /proc/self/mountinfo, of proc_pid_mountinfo(5): what is mounted where, without touching it. */
import { readFileSync } from 'node:fs';

/** What is on top of a mountpoint comes last. */
export const mountLines = (): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');

/** Without symbolic links. */
export const mountpointOf = (line: string): string => decodeOctal(line.split(' ')[4] ?? '');

/** Spaces, tabs, newlines and backslashes stand there in octal; a path is bytes. */
export function decodeOctal(field: string): string {
  const bytes = Buffer.from(field)
    .toString('latin1')
    .replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
