/** A thread that writes, or reads and checks, random ranges of a file until the schedule is over. */
import { parentPort, workerData } from 'node:worker_threads';
import { SeededRandom } from '../../../seeded-random.js';
import { Board, blockBytes, type Range } from './board.js';
import { Buffers, type Reading, reading, type Way, type Writing, writing } from './ways.js';

export interface Actor {
  readonly path: string;
  readonly memory: SharedArrayBuffer;
  readonly blocks: number;
  readonly seed: number;
  readonly role:
    | { readonly kind: 'writer'; readonly how: Writing }
    | { readonly kind: 'reader'; readonly how: Reading };
  /** Of how many blocks at once; random up to as many unless `always`. */
  readonly most: number;
  readonly always: boolean;
}

export interface Outcome {
  readonly moves: number;
  readonly flaw: string | null;
}

function act(actor: Actor): Outcome {
  const { path, role, blocks, most, always } = actor;
  const board = new Board(actor.memory, blocks);
  const random = new SeededRandom(actor.seed);
  const fileBytes = blocks * blockBytes;
  const open = (): Way =>
    role.kind === 'writer' ? writing(role.how, path, fileBytes) : reading(role.how, path, fileBytes);
  let way = open();
  const buffers = new Buffers(most * blockBytes);
  const one = role.kind === 'writer' ? write : read;
  let moves = 0;
  try {
    while (!board.isOver) {
      const count = always ? most : 1 + random.integer(most);
      const range = { first: random.integer(blocks - count + 1), count };
      const flaw = one(board, way, buffers, range);
      if (flaw) return { moves, flaw: `${role.how} read: ${flaw}` };
      moves += 1;
      if (moves === 1) parentPort?.postMessage('begun');
      if (!random.chance(1 / 64)) continue;
      way.close();
      way = open();
    }
    return { moves, flaw: null };
  } finally {
    board.end();
    way.close();
  }
}

function write(board: Board, way: Way, buffers: Buffers, range: Range): null {
  if (!board.lock(range)) return null;
  board.issue(range, buffers.words);
  way.move(buffers, range.first * blockBytes, range.count * blockBytes);
  board.acknowledge(range);
  board.unlock(range);
  return null;
}

function read(board: Board, way: Way, buffers: Buffers, range: Range): string | null {
  const acknowledged = board.acknowledged(range);
  way.move(buffers, range.first * blockBytes, range.count * blockBytes);
  return board.flaw(range, acknowledged, buffers.words);
}

parentPort?.postMessage(act(workerData as Actor));
