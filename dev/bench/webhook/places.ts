/** Opens one server for each subject. They share a core, and are asked one at a time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Closing } from '../../demo/closing.js';
import { makeCertificate } from './certificate.js';
import { twoCores } from './cores.js';
import type { Place } from './place.js';
import { ReviewServer } from './review-server.js';
import type { Subject } from './subject.js';

export interface Places {
  readonly all: readonly Place[];
  close(): Promise<void>;
}

export interface PlacesOptions {
  readonly chosen: readonly Subject[];
  /** A folder of the bench's own is made in it. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

export async function openPlaces({ chosen, directory, signal }: PlacesOptions): Promise<Places> {
  const closing = new Closing();
  try {
    const folder = await mkdtemp(join(directory, 'havock8s-bench-'));
    closing.add(() => rm(folder, { recursive: true, force: true }));
    const certificate = await makeCertificate(folder, signal);
    const cores = twoCores();
    const all: Place[] = [];
    for (const subject of chosen) {
      const server = await ReviewServer.start({ subject, cores, certificate, signal });
      closing.add(() => server.close());
      all.push({ subject, label: subject, server, cores, certificate });
    }
    return { all, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
