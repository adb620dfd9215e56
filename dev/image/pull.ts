/**
 * Pulls an image, where a registry answers. One that does not is given up after seconds: builders themselves try for
 * minutes, and behind some firewalls nothing ever says no.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Builder } from './builder.js';

export interface PullBounds {
  /** Until the registry has said anything about the image. */
  readonly answerMs: number;
  readonly pullMs: number;
}

const usualBounds: PullBounds = { answerMs: 8_000, pullMs: 600_000 };
/** What builders say once the registry has told them what the image consists of. */
const answered = /^(Getting image|Copying|Writing manifest|\S+: Pulling)/m;

/** Null when the image is there, else why it is not. */
export async function pull(
  builder: Builder,
  reference: string,
  { answerMs, pullMs }: PullBounds = usualBounds,
): Promise<string | null> {
  const [program = '', ...args] = builder.command(['pull', reference]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: pullMs });
  const giveUp = setTimeout(() => child.kill('SIGKILL'), answerMs);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
      if (answered.test(said)) clearTimeout(giveUp);
    });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return null;
    if (signal === 'SIGKILL') return `no registry answered within ${answerMs / 1000} s`;
    return signal === null ? lastLine(said) : `it took longer than ${pullMs / 1000} s`;
  } finally {
    clearTimeout(giveUp);
  }
}

const lastLine = (said: string): string =>
  said.trim().split('\n').at(-1)?.slice(-300) || 'no reason was given';
