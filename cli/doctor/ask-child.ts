/**
 * A program that is asked, and not waited for longer than it may take. One that hangs in the kernel cannot be killed:
 * it is let go, and ends when the kernel lets it.
 */
import { spawn } from 'node:child_process';
import { doctorLimits } from './doctor-limits.js';

export type ChildAnswer =
  | {
      readonly kind: 'ended';
      readonly code: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly kind: 'late'; readonly afterMs: number }
  | { readonly kind: 'missing' };

export interface AskOptions {
  readonly input?: string;
  readonly boundMs?: number;
  /** What it writes beyond that ends it, as if it were late. */
  readonly mostBytes?: number;
}

/** Debian keeps `nft` and `ip` where a plain user's PATH does not look. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** What still runs, each with the way to give it up. */
const running = new Set<() => void>();
let isOver = false;

/** Whoever still asks is told that it took too long: nobody reads the answer any more, and nothing is to outlive us. */
export function giveUpAll(): void {
  isOver = true;
  for (const giveUp of running) giveUp();
}

/** Never rejects. Messages of the system are in English, as programs need them. */
export function askChild(
  [program = '', ...args]: readonly string[],
  { input = '', boundMs = doctorLimits.childMs, mostBytes = doctorLimits.childBytes }: AskOptions = {},
): Promise<ChildAnswer> {
  if (isOver) return Promise.resolve({ kind: 'late', afterMs: 0 });
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...process.env, PATH: path, LC_ALL: 'C' } });
    const heard = { stdout: '', stderr: '' };
    const finish = (answer: ChildAnswer): void => {
      clearTimeout(timer);
      running.delete(giveUp);
      resolve(answer);
    };
    const giveUp = (): void => {
      child.kill('SIGKILL');
      for (const stream of child.stdio) stream?.destroy();
      child.unref();
      finish({ kind: 'late', afterMs: boundMs });
    };
    const timer = setTimeout(giveUp, boundMs);
    running.add(giveUp);
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        heard[name] += text;
        if (heard[name].length > mostBytes) giveUp();
      });
    child.once('error', () => finish({ kind: 'missing' }));
    child.once('close', (code) => finish({ kind: 'ended', code, ...heard }));
    // One that fails may not read what it is given.
    child.stdin.on('error', () => {}).end(input);
  });
}

/** Why it did not do as asked, in few words; null where it did. */
export function complaintOf(answer: ChildAnswer, program: string): string | null {
  if (answer.kind === 'missing') return `${program} is missing`;
  if (answer.kind === 'late') return `${program} took over ${answer.afterMs} ms`;
  if (answer.code === 0) return null;
  return answer.stderr.trim().split('\n')[0] || `${program} ended with ${answer.code}`;
}

/** A word as a shell takes it. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
