/**
 * The disks and ports that a file names, as `havock8s local` takes them. A disk without a place of its own is made for the
 * run, and gone with it.
 */
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writeHostAndPort } from '../../../core/host-and-port.js';
import type { LocalSpec } from '../../../experiment/file/experiment.js';
import { readAccount } from '../local/account.js';
import type { LocalFlags } from '../local/local-plan.js';
import { makeRunFolder, removeLeftFolders } from './run-folder.js';

export interface LocalPlace {
  readonly flags: LocalFlags;
  /** For the command and the programs of probes: `HAVOCK8S_DISK_DATA` is where the disk `data` is mounted. */
  readonly variables: Readonly<Record<string, string>>;
  remove(): void;
}

export interface PlaceOptions {
  /** Paths that the file names are below its folder; null: below the working directory. */
  readonly path: string | null;
  readonly user: string | undefined;
}

export function localPlace({ disks, ports }: LocalSpec, { path, user }: PlaceOptions): LocalPlace {
  removeLeftFolders();
  const folder = path === null ? process.cwd() : dirname(resolve(path));
  const made = disks.some(({ backing, mount }) => backing === undefined || mount === undefined)
    ? makeRunFolder()
    : null;
  const account = user === undefined ? null : readAccount(user);
  const own = (name: string, part: string): string => {
    const path = join(made ?? folder, name, part);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    // Whoever the command is, the disk is to be its own.
    if (account?.kind === 'account' && process.getuid?.() === 0)
      chownSync(path, account.account.uid, account.account.gid);
    return path;
  };
  const places = disks.map(({ name, backing, mount, readOnly }) => ({
    name,
    backing: backing === undefined ? own(name, 'disk') : resolve(folder, backing),
    mount: mount === undefined ? own(name, 'mount') : resolve(folder, mount),
    readOnly,
  }));
  return {
    flags: {
      ...(places.length > 0 && {
        disk: places.map(
          ({ name, backing, mount, readOnly }) => `${name}:${backing}=${mount}${readOnly ? ':ro' : ''}`,
        ),
      }),
      ...portFlags(ports),
      // Any free one: several runs may go on at the same time.
      control: '127.0.0.1:0',
      ...(user !== undefined && { user }),
    },
    variables: Object.fromEntries(
      places.map(({ name, mount }) => [`HAVOCK8S_DISK_${name.toUpperCase().replaceAll('-', '_')}`, mount]),
    ),
    remove: () => {
      if (made !== null) rmSync(made, { recursive: true, force: true });
    },
  };
}

function portFlags(ports: LocalSpec['ports']): LocalFlags {
  const listen = ports.flatMap(({ listen: port, to }) =>
    port && to ? [`${port}=${writeHostAndPort(to)}`] : [],
  );
  const numbers = (kind: 'inbound' | 'outbound'): string =>
    ports.flatMap((port) => port[kind] ?? []).join(',');
  const [inbound, outbound] = [numbers('inbound'), numbers('outbound')];
  return {
    ...(listen.length > 0 && { listen }),
    ...(inbound !== '' && { inbound }),
    ...(outbound !== '' && { outbound }),
  };
}
