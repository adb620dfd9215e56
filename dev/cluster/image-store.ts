/**
 * Images, unpacked once for all nodes and kept for the next cluster. A layer is never written to, so that nodes share its
 * files by hard links; containerd's databases are a node's own.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { outputOf, runCommand } from '../../test/run-command.js';
import { cacheRoot } from '../cache-root.js';
import { forgetUnused } from './forget-unused.js';
import { libraryOf, NodeMachine } from './node-machine.js';

const runMs = 300_000;

const databases = [
  'io.containerd.metadata.v1.bolt/meta.db',
  'io.containerd.snapshotter.v1.overlayfs/metadata.db',
];

/** The store of these archives, made where there is none. */
export async function imageStore(archives: readonly string[], say: (line: string) => void): Promise<string> {
  const hash = createHash('sha256');
  for (const archive of archives) {
    const { size } = statSync(archive);
    hash.update(JSON.stringify([basename(archive), size]));
  }
  const name = hash.digest('hex').slice(0, 16);
  const store = join(stores(), name);
  if (!existsSync(store)) {
    say('unpacking the images of the nodes (once)');
    await makeStore(store, archives);
  }
  forgetUnused(stores(), name);
  return store;
}

/** Before containerd starts there. */
export function copyImages(store: string, nodeFolder: string): void {
  const folder = containerdFolder(nodeFolder);
  mkdirSync(libraryOf(nodeFolder), { recursive: true });
  run('cp', '--archive', '--link', store, folder);
  for (const database of databases)
    run('cp', '--remove-destination', join(store, database), join(folder, database));
}

async function unpack(folder: string, archives: readonly string[]): Promise<void> {
  const machine = await NodeMachine.start({ folder, mortal: true });
  try {
    await machine.beginContainerd();
    for (const archive of archives) machine.load(archive);
    await machine.end('containerd', 'TERM');
  } finally {
    await machine.kill();
  }
}

/** Under a name of its own first: who is killed meanwhile leaves no half store. */
async function makeStore(store: string, archives: readonly string[]): Promise<void> {
  mkdirSync(stores(), { recursive: true });
  const building = mkdtempSync(join(stores(), 'building-'));
  try {
    await unpack(building, archives);
    renameSync(containerdFolder(building), store);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

const stores = (): string => join(cacheRoot(), 'image-stores');

const containerdFolder = (folder: string): string => join(libraryOf(folder), 'containerd');

const run = (...command: readonly string[]): string => outputOf(runCommand(command, runMs), command);
