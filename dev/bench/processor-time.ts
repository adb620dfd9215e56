/** How long a process has run on processors, as the kernel's scheduler counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of all its threads that are still there. */
export function processorMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + runMs(`${tasks}/${task}/schedstat`), 0);
}

/** The file's first number is in nanoseconds. */
const runMs = (file: string): number => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
