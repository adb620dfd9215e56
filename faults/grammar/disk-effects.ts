/** The effects of the disk server. */
import { errnos } from '../errno.js';
import type { DiskEffect, DiskEffectKind, DiskEffectOf } from '../fault.js';
import { limits } from '../limits.js';
import { type DiskVerb, diskVerbs } from '../operation.js';
import { count } from '../values/count.js';
import { writeDuration } from '../values/duration.js';
import { errnoName } from '../values/errno-name.js';
import { byteCount, size, writeSize } from '../values/size.js';
import { verbsThat } from '../verb-traits.js';
import { delay, ifRead, perSecond, plural, readBits, tellDelay } from './amounts.js';
import type { DiskEffectGrammar } from './effect-grammar.js';
import type { WordReader } from './word-reader.js';

const iops = count({ min: 1, max: limits.operationsPerSecond });
const cut = byteCount({ min: 1, max: limits.bytes });
const quota = size({ min: 0, max: limits.bytes });

const transfers = verbsThat('transfers');
/** Those that ask to write are refused too. */
const asking: readonly DiskVerb[] = ['open', 'access'];

const everything = {
  subject: 'all operations',
  reach: () => diskVerbs,
  usual: () => diskVerbs,
};

const only = (subject: string, verbs: readonly DiskVerb[]) => ({
  subject,
  reach: () => verbs,
  usual: () => verbs,
});

export const diskEffects: { readonly [K in DiskEffectKind]: DiskEffectGrammar<DiskEffectOf<K>> } = {
  latency: {
    syntax: 'latency D',
    meaning: 'Operations take D longer. Several latencies add up.',
    example: 'disk latency 200ms jitter 50ms on sync in pg_wal/**',
    aka: ['delay', 'lag', 'slow'],
    dice: 'jitter',
    ...everything,
    read: (words) => ifRead(words.value(delay), (delayMs) => ({ kind: 'latency', delayMs, jitterMs: 0 })),
    write: ({ delayMs }) => writeDuration(delayMs),
    tell: ({ delayMs, jitterMs }) => `take ${tellDelay(delayMs, jitterMs)} longer`,
  },
  error: {
    syntax: 'error ERRNO',
    meaning: 'Operations fail with ERRNO and do nothing. Of several, the first by name of the fault wins.',
    example: 'disk error EIO on read in base/** every 100th',
    aka: ['fail', 'fault', 'err', 'errno'],
    dice: 'nothing',
    ...everything,
    read: (words) => ifRead(words.value(errnoName), (name) => ({ kind: 'error', errno: name })),
    write: (effect) => effect.errno,
    tell: (effect) => `fail with ${effect.errno} (${errnos[effect.errno].meaning})`,
  },
  short: {
    syntax: 'short N',
    meaning: 'Reads and writes are cut to N bytes, as a kernel may do at any time. The smallest N wins.',
    example: 'disk short 512 on write in **/*.log chance 10%',
    aka: ['partial', 'truncate', 'cut'],
    dice: 'nothing',
    ...only('reads and writes', transfers),
    read: (words) => ifRead(words.value(cut), (bytes) => ({ kind: 'short', bytes })),
    write: ({ bytes }) => cut.write(bytes),
    tell: ({ bytes }) =>
      `are cut to ${bytes === 1 ? '1 byte' : `${cut.write(bytes)} bytes`}, as a kernel may do at any time`,
  },
  corrupt: {
    syntax: 'corrupt N bits',
    meaning:
      'N bits are flipped in what is read. The file itself stays as it is, unless it is read and written through one shared mapping.',
    example: 'disk corrupt 1 bits in base/** once',
    aka: ['flip', 'bitflip', 'bitrot'],
    dice: 'bits',
    ...only('reads', ['read']),
    read: (words) => ifRead(readBits(words), (number) => ({ kind: 'corrupt', bits: number })),
    write: (effect) => `${effect.bits} bits`,
    tell: (effect) => `come back with ${plural(effect.bits, 'bit')} flipped; the file itself stays as it is`,
  },
  full: {
    syntax: 'full after SIZE',
    meaning: 'Operations fail with ENOSPC once the files have grown by SIZE. Freeing space frees quota.',
    example: 'disk full after 64Mi volume data',
    aka: ['enospc', 'quota', 'fill'],
    dice: 'nothing',
    ...only('operations that use up space', verbsThat('grows')),
    watches: ['setattr', 'unlink', 'rmdir', 'rename', 'statfs'],
    read: readFull,
    write: ({ afterBytes }) => `after ${writeSize(afterBytes)}`,
    tell: ({ afterBytes }) =>
      afterBytes === 0
        ? 'fail with ENOSPC (no space left on the device) at once; freeing space frees quota'
        : `fail with ENOSPC (no space left on the device) once files have grown by ${writeSize(afterBytes)}; freeing space frees quota`,
  },
  throttle: {
    syntax: 'throttle N iops | throttle SIZE/s',
    meaning:
      'Operations wait for their turn: N a second, or SIZE of data a second, shared fairly between files.',
    example: 'disk throttle 10Mi/s on write',
    aka: ['limit', 'iops', 'bandwidth', 'rate'],
    dice: 'nothing',
    subject: 'reads and writes',
    reach: ({ unit }) => (unit === 'bytes' ? transfers : diskVerbs),
    usual: ({ unit }) => (unit === 'bytes' ? transfers : verbsThat('reads', 'writes')),
    read: readThrottle,
    write: ({ unit, perSecond: number }) => (unit === 'bytes' ? perSecond.write(number) : `${number} iops`),
    tell: ({ unit, perSecond: number }) =>
      `are held to ${unit === 'bytes' ? perSecond.write(number) : `${number} a second`}, shared fairly between files`,
  },
  freeze: {
    syntax: 'freeze',
    meaning: 'Operations hang until the fault ends, then go on as if nothing had been.',
    example: 'disk freeze on sync for 30s',
    aka: ['hang', 'stall', 'pause'],
    dice: 'nothing',
    ...everything,
    read: () => ({ kind: 'freeze' }),
    write: () => '',
    tell: () => 'hang until the fault ends, then go on as if nothing had been',
  },
  readonly: {
    syntax: 'readonly',
    meaning:
      'Operations that would change anything fail with EROFS, as on a disk that the kernel gave up on.',
    example: 'disk readonly volume data',
    aka: ['ro', 'erofs'],
    dice: 'nothing',
    ...only('operations that would change anything', [...verbsThat('modifies'), ...asking]),
    read: () => ({ kind: 'readonly' }),
    write: () => '',
    tell: () => `fail with EROFS (${errnos.EROFS.meaning})`,
  },
};

export const diskGrammarOf = (effect: DiskEffect): DiskEffectGrammar<DiskEffect> => diskEffects[effect.kind];

const isDiskEffect = (name: string): name is DiskEffectKind => Object.hasOwn(diskEffects, name);

export const diskEffectNames = Object.keys(diskEffects).filter(isDiskEffect);

function readFull(words: WordReader): DiskEffectOf<'full'> | null {
  words.keyword('after');
  return ifRead(words.value(quota), (afterBytes) => ({ kind: 'full', afterBytes }));
}

/** A bare number, or letters without a slash that are no size, are meant as operations. */
function readThrottle(words: WordReader): DiskEffectOf<'throttle'> | null {
  const isCount = /^\d+(i.*)?$/.test(words.peek()?.text ?? '');
  if (!isCount) {
    return ifRead(words.value(perSecond), (number) => ({
      kind: 'throttle',
      unit: 'bytes',
      perSecond: number,
    }));
  }
  const number = words.value(iops);
  if (number !== null) words.keyword('iops');
  return ifRead(number, (operations) => ({ kind: 'throttle', unit: 'operations', perSecond: operations }));
}
