/** /proc/self/mountinfo, of proc_pid_mountinfo(5): what is mounted where, without touching it. */
import { readFileSync } from 'node:fs';

/** A line each, a byte a character; what is on top of a mountpoint comes last. */
export const mountLines = (): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'latin1').trimEnd().split('\n');

/** Without symbolic links. */
export const mountpointOf = (line: string): string => unescapeOctal(line.split(' ')[4] ?? '');

const unescapeOctal = (path: string): string =>
  Buffer.from(
    path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    'latin1',
  ).toString();
