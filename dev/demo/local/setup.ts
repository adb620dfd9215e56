/** Where the demo takes place: one temporary directory, gone when it ends. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { User } from '../../programs/run.js';
import { openPlace } from './open-to.js';

export interface Setup {
  readonly root: string;
  /** What is really on the disk. */
  readonly backing: string;
  /** What PostgreSQL sees of it. */
  readonly mountpoint: string;
  readonly sockets: string;
  /** The data of the second PostgreSQL, on a disk without faults. */
  readonly replica: string;
  readonly replicaSockets: string;
  readonly state: string;
  readonly annotations: string;
  close(): void;
}

export function openSetup(user: User): Setup {
  const root = mkdtempSync(join(openPlace(user, tmpdir()), 'havock8s-demo-'));
  chmodSync(root, 0o755);
  const folder = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const annotations = join(folder('podinfo'), 'annotations');
  writeFileSync(annotations, '');
  return {
    root,
    annotations,
    backing: owned(folder('backing'), user),
    mountpoint: folder('mount'),
    sockets: owned(folder('sockets'), user),
    replica: owned(folder('replica'), user),
    replicaSockets: owned(folder('replica-sockets'), user),
    state: folder('state'),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** PostgreSQL insists on a data directory of its own that nobody else may enter. */
function owned(directory: string, { uid, gid }: User): string {
  chownSync(directory, uid, gid);
  chmodSync(directory, 0o700);
  return directory;
}
