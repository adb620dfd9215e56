/** Check `directories`: what `havock8s local` keeps while it runs, and one that was killed leaves. */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketState } from '../../../sidecar/linux/packet-socket.js';
import { shellWord } from '../ask-child.js';
import type { Check } from '../check.js';
import { type Judgement, ok, unknown, warning } from '../finding.js';
import { findProcesses } from './processes.js';

export interface SeenDirectory {
  readonly path: string;
  readonly ageMs: number;
  /** Does a holder listen there? `none`: it has no holder, as without a disk. */
  readonly holder: 'listens' | 'gone' | 'none' | 'forbidden';
}

export interface DirectoryFacts {
  readonly directories: readonly SeenDirectory[];
  /** `havock8s local` that run here. */
  readonly supervisors: number;
}

export const leftDirectories: Check = {
  name: 'directories',
  look: () => judgeDirectories(gather(tmpdir())),
};

/** As mkdtemp(3) makes them; nothing else of that name is ours. */
const madeName = /^havock8s-[A-Za-z0-9]{6}$/;

export function gather(folder: string): DirectoryFacts {
  const directories = readdirSync(folder)
    .filter((name) => madeName.test(name))
    .flatMap((name) => seen(join(folder, name)));
  const supervisors = findProcesses().filter(({ name }) => name === 'havock8s-local').length;
  return { directories, supervisors };
}

function seen(path: string): readonly SeenDirectory[] {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isDirectory()) return [];
  const ageMs = Date.now() - status.mtimeMs;
  return [{ path, ageMs, holder: holderAt(path) }];
}

function holderAt(path: string): SeenDirectory['holder'] {
  try {
    readdirSync(path);
  } catch {
    return 'forbidden';
  }
  const socket = join(path, 'holder.sock');
  if (!existsSync(socket)) return 'none';
  return socketState(socket) === 'abandoned' ? 'gone' : 'listens';
}

/** One that is starting has no holder yet. */
const startingMs = 60_000;

export function judgeDirectories({ directories, supervisors }: DirectoryFacts): readonly Judgement[] {
  const judged = directories.flatMap((one): readonly Judgement[] => {
    const { path: subject, holder, ageMs } = one;
    const isLeft = holder === 'gone' || (holder === 'none' && supervisors === 0 && ageMs > startingMs);
    if (isLeft)
      return [
        warning({
          subject,
          found: 'left by a `havock8s local` that was killed: nobody holds it any more',
          follows: 'it takes a little room, and does no harm',
          mend: [`rm -r ${shellWord(subject)}`],
        }),
      ];
    if (holder === 'forbidden')
      return [unknown({ subject, found: 'another user has it', mend: ['as root: havock8s doctor'] })];
    return [];
  });
  if (judged.length > 0) return judged;
  return [
    ok(
      directories.length === 0
        ? 'none of ours is left'
        : `in use: ${directories.map(({ path }) => path).join(', ')}`,
    ),
  ];
}
