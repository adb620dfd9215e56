/** havock8s with nothing armed, or with ten faults that match nothing anyone does here. */
import { startSidecar } from '../../../sidecar/supervise/local.js';
import type { Place } from './place.js';

/** Of the same verbs as the works, so that each of them is asked, and elsewhere. */
const unmatched: readonly string[] = [
  'disk latency 5ms on read,write in nowhere/** for 1h',
  'disk latency 200ms jitter 50ms on fsync in nowhere/wal/** for 1h',
  'disk error EIO on read in nowhere/base/** every 100th for 1h',
  'disk error ENOSPC on write in nowhere/*.log for 1h',
  'disk short 512 on read in nowhere/**/*.dat for 1h',
  'disk corrupt 1 bits in nowhere/pages/** for 1h',
  'disk throttle 10 iops on read,write in nowhere/slow/** for 1h',
  'disk readonly in nowhere/else/** for 1h',
  'disk error EACCES on meta in nowhere/?/* for 1h',
  'disk freeze on sync in nowhere/ice/** for 1h',
];

export async function ours(subject: 'idle' | 'armed', folders: Folders): Promise<Place> {
  const sidecar = await startSidecar({
    disks: [{ volume: 'data', backing: folders.backing, mountpoint: folders.mountpoint }],
    faults:
      subject === 'idle'
        ? []
        : unmatched.map((sentence, index) => ({ name: `unmatched-${index}`, sentence })),
    control: { host: '127.0.0.1', port: 0 },
    stateDir: folders.state,
    logLevel: 'warn',
  });
  return {
    subject,
    label: `ours, ${subject}`,
    directory: folders.mountpoint,
    processes: {
      planePid: sidecar.planePid(),
      ...(sidecar.holderPid !== null && { holderPid: sidecar.holderPid }),
    },
    close: () => sidecar.close(),
  };
}

export interface Folders {
  readonly backing: string;
  readonly mountpoint: string;
  readonly state: string;
}
