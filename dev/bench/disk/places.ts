/** Opens the places of a run, side by side in one directory, and closes them whatever happened. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '../../../core/assert-never.js';
import { bare } from './bare.js';
import { libfuse } from './libfuse.js';
import { ours } from './ours.js';
import type { Place, Subject } from './place.js';

export interface Places {
  readonly all: readonly Place[];
  close(): Promise<void>;
}

export async function openPlaces(subjects: readonly Subject[], parent: string): Promise<Places> {
  const root = mkdtempSync(join(parent, 'havock8s-bench-'));
  chmodSync(root, 0o755);
  const all: Place[] = [];
  const close = async (): Promise<void> => {
    const closings = await Promise.allSettled(all.map((place) => place.close()));
    for (const closing of closings) if (closing.status === 'rejected') throw closing.reason;
    rmSync(root, { recursive: true, force: true });
  };
  try {
    for (const open of subjects.flatMap((subject) => openers(subject, root))) all.push(await open());
  } catch (error) {
    await close();
    throw error;
  }
  return { all, close };
}

type Opener = () => Promise<Place>;

function openers(subject: Subject, root: string): readonly Opener[] {
  switch (subject) {
    case 'bare':
      return [() => bare(folder(root, 'bare'))];
    case 'libfuse':
      return (['single', 'multi'] as const).map((threads) => () => {
        const name = `libfuse-${threads}`;
        return libfuse(folder(root, name, 'backing'), folder(root, name, 'mount'), threads);
      });
    case 'idle':
    case 'armed':
      return [
        () =>
          ours(subject, {
            backing: folder(root, subject, 'backing'),
            mountpoint: folder(root, subject, 'mount'),
            state: folder(root, subject, 'state'),
          }),
      ];
    default:
      return assertNever(subject);
  }
}

function folder(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}
