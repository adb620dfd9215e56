/** Check `kernel`: what an old kernel has not got, and what follows. */
import { release } from 'node:os';
import type { Check } from '../check.js';
import { broken, type Judgement, ok, unknown, warning } from '../finding.js';

export const kernel: Check = { name: 'kernel', look: () => judgeKernel(release()) };

interface Need {
  readonly version: readonly [major: number, minor: number];
  readonly what: string;
  readonly without: string;
}

/** From the oldest. Distributions carry some of these back: what a mount really has, `havock8s status` says. */
export const kernelNeeds: readonly Need[] = [
  {
    version: [5, 2],
    what: 'EXPLICIT_INVAL_DATA',
    without: 'cached pages of a file go at every change of it, so reads are slower',
  },
  {
    version: [5, 9],
    what: 'reject before routing (nftables)',
    without: '`tcp refuse` of intercepted ports is refused by the kernel, and so is the fault',
  },
  {
    version: [5, 11],
    what: 'HANDLE_KILLPRIV_V2',
    without: 'each write asks for security.capability first, so writes are slower',
  },
  {
    version: [6, 6],
    what: 'DIRECT_IO_ALLOW_MMAP',
    without: 'a file opened beneath a fault on reads cannot be mapped shared (ENODEV)',
  },
  {
    version: [6, 9],
    what: 'RESEND',
    without: 'what is in flight when a fault proxy is killed fails with EIO',
  },
];

/** FUSE in a user namespace, and TPROXY in nftables: below, nothing of ours was ever meant to run. */
const oldest = [4, 19] as const;

export function judgeKernel(text: string): readonly Judgement[] {
  const version = versionOf(text);
  if (version === null) return [unknown({ found: `"${text}" is not a version of Linux` })];
  if (isBefore(version, oldest))
    return [
      broken({
        found: `Linux ${text}`,
        follows: `disk faults without root need FUSE in user namespaces (4.18), intercepted ports TPROXY in nftables (${oldest.join('.')})`,
        mend: ['a newer kernel: 6.9 or later has everything'],
      }),
    ];
  const missing = kernelNeeds.filter((need) => isBefore(version, need.version));
  if (missing.length === 0) return [ok(`Linux ${text}: everything is there, RESEND included`)];
  return [
    warning({
      found: `Linux ${text} is without ${missing.map(({ what, version: since }) => `${what} (${since.join('.')})`).join(', ')}`,
      follows: missing.map(({ without }) => without).join('; '),
      mend: ['a kernel of 6.9 or later, for all of it; what a mount really has: havock8s status'],
    }),
  ];
}

type Version = readonly [major: number, minor: number];

function versionOf(text: string): Version | null {
  const match = /^(\d+)\.(\d+)/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

const isBefore = ([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean =>
  major < otherMajor || (major === otherMajor && minor < otherMinor);
