/** Runs chapters on a directory, in a process of its own that cannot outlive its time, and collects what it saw. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Chapter } from './case.js';

export interface Subject {
  readonly directory: string;
  /** The same directory beneath a mount; for a bare directory itself. */
  readonly beneath: string;
}

/** Observations by the names of their chapter and their case, each as JSON would bring it back. */
export type Observations = ReadonlyMap<string, unknown>;

export const observationKey = (chapter: string, name: string): string => `${chapter}: ${name}`;

/** A line of the observer. */
export interface Observed {
  readonly chapter: string;
  readonly name: string;
  readonly observation: unknown;
}

const boundMs = 240_000;

export async function observations(chapters: readonly Chapter[], subject: Subject): Promise<Observations> {
  const program = fileURLToPath(new URL('./observer.js', import.meta.url));
  const names = chapters.map(({ name }) => name);
  const child = spawn(process.execPath, [program, subject.directory, subject.beneath, ...names], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: boundMs,
    killSignal: 'SIGKILL',
  });
  const complaints: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const exited = once(child, 'exit');
  const seen = new Map<string, unknown>();
  for await (const line of createInterface(child.stdout)) {
    const { chapter, name, observation } = JSON.parse(line) as Observed;
    seen.set(observationKey(chapter, name), observation);
  }
  const [code, signal] = await exited;
  if (code !== 0)
    throw new Error(
      `the observer ended by ${signal ?? code} after ${[...seen.keys()].at(-1)}: ${complaints.join('')}`,
    );
  return seen;
}
