/** Plays a schedule of writers and readers on one file, each a thread, for a time or until a read shows the past. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { SeededRandom } from '../../../seeded-random.js';
import type { Actor, Outcome } from './actor-main.js';
import { Board, blockBytes } from './board.js';
import type { Reading, Writing } from './ways.js';

export interface Schedule {
  readonly blocks: number;
  readonly writers: readonly Writing[];
  readonly readers: readonly Reading[];
  /** The whole file at each move. */
  readonly always: boolean;
}

export interface Played {
  readonly flaws: readonly string[];
  /** How often each actor wrote, or read and checked. */
  readonly moves: Readonly<Record<string, number>>;
}

export interface Playing {
  readonly seed: number;
  /** Counted from when each actor has moved once. */
  readonly ms: number;
}

export interface Play {
  readonly path: string;
  readonly schedule: Schedule;
  readonly playing: Playing;
}

/** Plays in a process of its own. */
export async function playApart(path: string, schedule: Schedule, playing: Playing): Promise<Played> {
  const child = fork(new URL('./play-main.js', import.meta.url), { execArgv: ['--enable-source-maps'] });
  child.send({ path, schedule, playing } satisfies Play);
  const played = once(child, 'message').then(([message]) => message as Played);
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the player ended with ${code ?? signal}`);
  });
  try {
    return await Promise.race([played, ended]);
  } finally {
    ended.catch(() => {});
    child.kill('SIGKILL');
  }
}

const mostAtOnce = 24;

export async function play(path: string, schedule: Schedule, { seed, ms }: Playing): Promise<Played> {
  const { blocks, always } = schedule;
  const memory = new SharedArrayBuffer(Board.bytesFor(blocks));
  const board = new Board(memory, blocks);
  writeFileSync(path, firstCycle(board));
  const random = new SeededRandom(seed);
  const common = { path, memory, blocks, most: always ? blocks : mostAtOnce, always };
  const roles = rolesOf(schedule);
  const playing = roles.map((role) => begin({ ...common, role, seed: random.integer(2 ** 31) }));
  const outcomes = Promise.all(playing.map(({ outcome }) => outcome));
  await Promise.race([Promise.all(playing.map(({ begun }) => begun)), outcomes]);
  const timer = setTimeout(() => board.end(), ms);
  const flaws = (await outcomes).flatMap(({ flaw }) => flaw ?? []);
  clearTimeout(timer);
  const moves = (await outcomes).map(({ moves: made }, at) => [
    `${roles[at]?.kind} ${at}, ${roles[at]?.how}`,
    made,
  ]);
  return { flaws, moves: Object.fromEntries(moves) };
}

function firstCycle(board: Board): Buffer {
  const all = { first: 0, count: board.blocks };
  const words = new Int32Array((board.blocks * blockBytes) / 4);
  board.issue(all, words);
  board.acknowledge(all);
  return Buffer.from(words.buffer);
}

const rolesOf = ({ writers, readers }: Schedule): Actor['role'][] => [
  ...writers.map((how) => ({ kind: 'writer', how }) as const),
  ...readers.map((how) => ({ kind: 'reader', how }) as const),
];

function begin(actor: Actor): { begun: Promise<void>; outcome: Promise<Outcome> } {
  const worker = new Worker(new URL('./actor-main.js', import.meta.url), { workerData: actor });
  const begun = new Promise<void>((resolve) => worker.once('message', () => resolve()));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    worker.on('message', (message: 'begun' | Outcome) => {
      if (message !== 'begun') resolve(message);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`the ${actor.role.how} ${actor.role.kind} told no outcome`)));
  });
  return { begun, outcome };
}
