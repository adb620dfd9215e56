/** Check `mounts`: every FUSE mount of ours that is seen from here. Does somebody serve it? */
import { readlinkSync } from 'node:fs';
import { systemClock } from '../../../core/clock.js';
import { within } from '../../../core/sleep.js';
import { type MountEntry, parseMountinfo } from '../../../sidecar/linux/mountinfo.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { shellWord } from '../ask-child.js';
import type { Check } from '../check.js';
import { doctorLimits } from '../doctor-limits.js';
import { broken, count, type Judgement, ok, unknown } from '../finding.js';
import type { SidecarAnswers } from '../pod/sidecar-answers.js';
import { askMount, type MountState } from './ask-mount.js';
import { ourMounts } from './mountinfo.js';

export interface SeenMount {
  readonly mountpoint: string;
  readonly device: string;
  readonly source: string;
  /** What makes a command of this machine one of the node's: '' where this is it. */
  readonly through: string;
  readonly state: MountState;
  /** What is wrong with the disk beneath, in the words of the sidecar that serves it; null: it knows of nothing. */
  readonly backingTrouble: string | null;
}

/** A mount that answers with the errors of the disk beneath looks dead: so the sidecar that serves it is heard first. */
export const servedMounts = (sidecar: Promise<SidecarAnswers>): Check => ({
  name: 'mounts',
  look: async () => {
    const told = troublesTold(sidecar);
    const asked = findMounts().map(async ({ askAt, ...mount }) => ({ mount, state: await askMount(askAt) }));
    const [troubles, found] = await Promise.all([told, Promise.all(asked)]);
    return judgeMounts(
      found.map(({ mount, state }) => ({
        ...mount,
        state,
        backingTrouble: troubles.get(mount.mountpoint) ?? null,
      })),
    );
  },
});

/** By mount point; none where the sidecar does not answer in the time that a mount has for it. */
async function troublesTold(sidecar: Promise<SidecarAnswers>): Promise<ReadonlyMap<string, string>> {
  let answers: SidecarAnswers | null = null;
  const heard = sidecar.then((one) => {
    answers = one;
  });
  await within(doctorLimits.mountMs, heard, systemClock);
  return backingTroubles(answers);
}

function backingTroubles(answers: SidecarAnswers | null): ReadonlyMap<string, string> {
  const mounts = answers?.kind === 'answered' ? (answers.status.disk?.mounts ?? []) : [];
  return new Map(
    mounts.flatMap(({ mountpoint, backingTrouble }) =>
      backingTrouble === null ? [] : [[mountpoint, backingTrouble] as const],
    ),
  );
}

type FoundMount = Omit<SeenMount, 'state' | 'backingTrouble'> & { readonly askAt: string };

/** Those of this mount namespace; and of process 1's, where that is another's and can be entered. */
function findMounts(): readonly FoundMount[] {
  const own = entriesOf('/proc/self/mountinfo').map((entry) => foundAt(entry, '', ''));
  if (!isElsewhere()) return own;
  const through = 'nsenter --target 1 --mount -- ';
  const ofNode = entriesOf('/proc/1/mountinfo').map((entry) => foundAt(entry, through, '/proc/1/root'));
  const known = new Set(ofNode.map(({ device }) => device));
  return [...ofNode, ...own.filter(({ device }) => !known.has(device))];
}

const entriesOf = (file: string): readonly MountEntry[] => ourMounts(parseMountinfo(readIfThere(file) ?? ''));

function foundAt({ mountpoint, device, source }: MountEntry, through: string, prefix: string): FoundMount {
  return { mountpoint, device, source, through, askAt: `${prefix}${mountpoint}` };
}

/** As in a debug container that shares the node's processes. */
export function isElsewhere(): boolean {
  try {
    return readlinkSync('/proc/1/ns/mnt') !== readlinkSync('/proc/self/ns/mnt');
  } catch {
    return false;
  }
}

export function judgeMounts(mounts: readonly SeenMount[]): readonly Judgement[] {
  if (mounts.length === 0) return [ok('none of ours is mounted here')];
  const isWell = ({ state, backingTrouble }: SeenMount): boolean =>
    state === 'serves' && backingTrouble === null;
  const serving = mounts.filter(isWell);
  const troubles = mounts.filter((mount) => !isWell(mount)).map(judgeMount);
  if (serving.length === 0) return troubles;
  const names = serving.map(({ mountpoint }) => mountpoint).join(', ');
  return [...troubles, ok(`${count(serving.length, 'mount')} of ours, and served: ${names}`)];
}

function judgeMount(mount: SeenMount): Judgement {
  const { mountpoint: subject, state, source, backingTrouble } = mount;
  if (backingTrouble !== null)
    return broken({
      subject,
      found: `the mount is served, but ${backingTrouble}`,
      follows:
        'whoever uses the mount gets the errors of that disk, or waits for it; no fault of ours does that',
      mend: [
        'mend the disk beneath: mount it at its path again, as it was. It is then served again, and only files that were open have to be opened again',
        'where it comes back in another way: end the sidecar, and start it again',
      ],
    });
  if (state === 'dead')
    return broken({
      subject,
      found: `the mount (of ${source}) is dead: nobody holds its device any more (ENOTCONN)`,
      follows:
        'whoever uses it gets "Transport endpoint is not connected"; a pod that has it stays Terminating until it is unmounted',
      mend: unmounting(mount),
    });
  if (state === 'hangs')
    return broken({
      subject,
      found: `the mount (of ${source}) does not answer: nobody reads its device, or its fault proxy is stopped`,
      follows:
        'whoever uses it waits, with a process that cannot be killed where its request was taken already',
      mend: [
        'if a fault proxy is stopped or starting, the mount goes on with it: havock8s status',
        ...unmounting(mount),
        `then, for those that wait in it: ${asNode(mount, aborting(mount.device))}`,
      ],
    });
  if (state === 'forbidden')
    return unknown({ subject, found: 'this user may not look into it', mend: ['as root: havock8s doctor'] });
  return unknown({ subject, found: 'it could not be asked: stat is missing, or says something else' });
}

const podVolumePath = /\/pods\/([0-9a-f-]{36})\/volume/;

function unmounting(mount: SeenMount): readonly string[] {
  const uid = podVolumePath.exec(mount.mountpoint)?.[1];
  const unmount = asNode(mount, `umount --lazy ${shellWord(mount.mountpoint)}`);
  if (uid === undefined) return [unmount];
  const whose = `kubectl get pods -A -o custom-columns=NS:.metadata.namespace,POD:.metadata.name,UID:.metadata.uid | grep ${uid}`;
  return [
    `whose pod it is: ${whose}`,
    `if that pod is gone or Terminating: ${unmount}`,
    'if it is to live: its container havock8s-mount mounts over it when it starts; see kubectl describe pod',
  ];
}

const asNode = ({ through }: SeenMount, command: string): string =>
  through === '' ? command : `${through}${command.includes('>') ? `sh -c ${shellWord(command)}` : command}`;

/** The number of a FUSE connection is the minor number of its device. */
const aborting = (device: string): string =>
  `echo 1 > /sys/fs/fuse/connections/${device.split(':')[1] ?? ''}/abort`;
