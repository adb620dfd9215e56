/** Tells a process from another that has its number later. */
import { readFileSync } from 'node:fs';

/** In ticks since the machine's start (proc(5)): together with the number it names a process for good. '' when it is gone. */
export function startOf(pid: number): string {
  const [state, ...fields] = statOf(pid)
    .replace(/^.*\) /s, '')
    .split(' ');
  return state === undefined || state === '' || state === 'Z' ? '' : (fields[18] ?? '');
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
