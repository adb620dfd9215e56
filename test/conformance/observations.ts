/** Runs a chapter on a directory, in a process of its own that cannot outlive its time, and collects what it saw. */
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

/** Observations by the name of their case, each as JSON would bring it back. */
export type Observations = ReadonlyMap<string, unknown>;

const boundMs = 120_000;

export async function observations(chapter: Chapter, subject: Subject): Promise<Observations> {
  const program = fileURLToPath(new URL('./observer.js', import.meta.url));
  const child = spawn(process.execPath, [program, chapter.name, subject.directory, subject.beneath], {
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
    const { name, observation } = JSON.parse(line) as { name: string; observation: unknown };
    seen.set(name, observation);
  }
  const [code, signal] = await exited;
  if (code !== 0)
    throw new Error(`the observer of ${chapter.name} ended by ${signal ?? code}: ${complaints.join('')}`);
  return seen;
}
