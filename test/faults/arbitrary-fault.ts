/** Faults as `parse` makes them, all over the language. */
import fc from 'fast-check';
import { errnoNames } from '../../faults/errno.js';
import type {
  Deadline,
  DiskEffect,
  DiskEffectKind,
  DiskEffectOf,
  DiskFault,
  DiskMatch,
  Fault,
  Peer,
  TcpEffect,
  TcpEffectKind,
  TcpEffectOf,
  TcpFault,
  TcpMatch,
  Trigger,
} from '../../faults/fault.js';
import { verbWords } from '../../faults/grammar/verb-groups.js';
import { reaches } from '../../faults/grammar/verb-syntax.js';
import { limits } from '../../faults/limits.js';
import { networkOf, writeAddress } from '../../faults/values/address.js';

const nanoseconds = (maxMs: number) =>
  fc.oneof(
    fc.integer({ min: 1, max: Math.min(1000, maxMs) }),
    fc.integer({ min: 1000, max: maxMs * 1e6 }).map((ns) => ns / 1e6),
  );
const delayMs = nanoseconds(limits.delayMs);
const jitterMs = fc.oneof(fc.constant(0), delayMs);
const someBytes = fc.oneof(
  fc.integer({ min: 1, max: 5000 }),
  fc.nat({ max: 1000 }).map((n) => (n + 1) * 1024),
  fc.integer({ min: 1, max: limits.bytes }),
);
const bytesOrNone = fc.oneof(fc.constant(0), someBytes);
const bits = fc.integer({ min: 1, max: limits.bits });
const count = fc.oneof(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: limits.count }));
const chance = fc.oneof(
  fc.integer({ min: 1, max: 100 }).map((percent) => Number(`${percent}e-2`)),
  fc.double({ min: limits.chance, max: 1, noNaN: true }),
);

/** One entry an effect, or the compiler names what is left out. */
const diskEffects: { readonly [K in DiskEffectKind]: fc.Arbitrary<DiskEffectOf<K>> } = {
  latency: fc.record({ kind: fc.constant('latency'), delayMs, jitterMs }),
  error: fc.record({ kind: fc.constant('error'), errno: fc.constantFrom(...errnoNames) }),
  short: fc.record({ kind: fc.constant('short'), bytes: someBytes }),
  corrupt: fc.record({ kind: fc.constant('corrupt'), bits }),
  full: fc.record({ kind: fc.constant('full'), afterBytes: bytesOrNone }),
  throttle: fc.oneof(
    fc.record({ kind: fc.constant('throttle'), unit: fc.constant('bytes'), perSecond: someBytes }),
    fc.record({ kind: fc.constant('throttle'), unit: fc.constant('operations'), perSecond: count }),
  ),
  freeze: fc.constant({ kind: 'freeze' }),
  readonly: fc.constant({ kind: 'readonly' }),
};
const diskEffect: fc.Arbitrary<DiskEffect> = fc.oneof(...Object.values(diskEffects));

const tcpEffects: { readonly [K in TcpEffectKind]: fc.Arbitrary<TcpEffectOf<K>> } = {
  latency: fc.record({ kind: fc.constant('latency'), delayMs, jitterMs }),
  bandwidth: fc.record({ kind: fc.constant('bandwidth'), bytesPerSecond: someBytes, each: fc.boolean() }),
  reset: fc.oneof(
    fc.record({ kind: fc.constant('reset'), afterBytes: bytesOrNone, afterMs: fc.constant(0) }),
    fc.record({ kind: fc.constant('reset'), afterBytes: fc.constant(0), afterMs: delayMs }),
  ),
  blackhole: fc.record({ kind: fc.constant('blackhole'), closeAfterMs: fc.option(delayMs) }),
  refuse: fc.constant({ kind: 'refuse' }),
  partition: fc.constant({ kind: 'partition' }),
  loss: fc.record({ kind: fc.constant('loss'), chance }),
  slice: fc.record({ kind: fc.constant('slice'), bytes: someBytes }),
  'slow-close': fc.record({ kind: fc.constant('slow-close'), delayMs }),
  limit: fc.record({ kind: fc.constant('limit'), bytes: someBytes }),
  corrupt: fc.record({ kind: fc.constant('corrupt'), bits, tls: fc.boolean() }),
};
const tcpEffect: fc.Arbitrary<TcpEffect> = fc.oneof(...Object.values(tcpEffects));

/** Any name of a file but . and .., spelled so that a glob takes it literally. */
const literalName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((name) => !name.includes('/') && name !== '.' && name !== '..')
  .map((name) => name.replace(/[\\*?[\]{}]/g, '\\$&'));
const globSegment = fc.oneof(
  literalName,
  fc.constantFrom(
    '*',
    '**',
    '?',
    '*.wal',
    '[a-z]*',
    '[!0-9]',
    '{a,b}',
    'pg_wal',
    '[\\]-]',
    'for',
    'in',
    '"',
    'a b',
  ),
);
export const arbitraryGlob = fc
  .array(globSegment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('/'));

const volume = fc.oneof(
  fc.constantFrom('data', 'wal', 'for', 'with space', 'quo"te', 'back\\slash'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => !name.includes('/')),
);

/** `on` in canonical order, each word once, each within the effect's reach. */
const diskMatchFor = (effect: DiskEffect): fc.Arbitrary<DiskMatch> =>
  fc.record(
    {
      on: fc.subarray(
        verbWords.filter((word) => reaches(effect, word)),
        { minLength: 1 },
      ),
      in: arbitraryGlob,
      volume,
    },
    { requiredKeys: [] },
  );

const byte = fc.nat({ max: 255 });
const v4 = fc.array(byte, { minLength: 4, maxLength: 4 });
const v6 = fc
  .array(fc.oneof(fc.constant(0), byte), { minLength: 15, maxLength: 15 })
  .map((rest) => [0xfd, ...rest]);
const label = fc.constantFrom('web', 'pg', 'A1', 'x_y.z-0');

const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.oneof(v4, v6).map((bytes) => ({ kind: 'address' as const, address: writeAddress(bytes) })),
  fc
    .oneof(fc.tuple(v4, fc.nat({ max: 32 })), fc.tuple(v6, fc.nat({ max: 128 })))
    .map(([bytes, prefixBits]) => {
      const address = writeAddress(networkOf(bytes, prefixBits));
      return { kind: 'range' as const, address, prefixBits };
    })
    .filter(({ address }) => address !== '::'),
  fc.constantFrom('pg-1', 'db.example.com', 'for', 'a').map((name) => ({ kind: 'name' as const, name })),
  fc.record({
    kind: fc.constant('labels' as const),
    key: fc.constantFrom('app', 'app.kubernetes.io/name'),
    value: label,
  }),
  fc.constantFrom('replicas', 'a-1').map((name) => ({ kind: 'target' as const, name })),
  fc.constant({ kind: 'node' as const }),
);
const peers = fc.uniqueArray(peer, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) });

const ports = fc
  .uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 5 })
  .map((numbers) => numbers.toSorted((one, other) => one - other));

const tcpMatch: fc.Arbitrary<TcpMatch> = fc.oneof(
  fc.record({ ports, from: peers, to: peers }, { requiredKeys: [] }),
  fc.record({ ports, with: peers }, { requiredKeys: [] }),
);

const trigger: fc.Arbitrary<Trigger> = fc.record(
  {
    chance: fc.oneof(fc.constant(1), chance),
    every: fc.oneof(fc.constant(1), count),
    first: count,
    skip: fc.oneof(fc.constant(0), count),
  },
  { requiredKeys: ['chance', 'every', 'skip'] },
);

const deadline: fc.Arbitrary<Deadline> = fc.oneof(
  fc.constant({ kind: 'default' as const }),
  nanoseconds(limits.deadlineMs).map((ms) => ({ kind: 'for' as const, ms: Math.max(1, ms) })),
  fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }).map((epochMs) => ({ kind: 'until' as const, epochMs })),
);

const seed = fc.integer({ min: 0, max: limits.seed });

export const arbitraryDiskFault: fc.Arbitrary<DiskFault> = diskEffect.chain((effect) =>
  fc.record(
    {
      plane: fc.constant('disk' as const),
      effect: fc.constant(effect),
      match: diskMatchFor(effect),
      trigger,
      deadline,
      seed,
    },
    { requiredKeys: ['plane', 'effect', 'match', 'trigger', 'deadline'] },
  ),
);

const arbitraryTcpFault: fc.Arbitrary<TcpFault> = fc
  .record(
    { plane: fc.constant('tcp' as const), effect: tcpEffect, match: tcpMatch, trigger, deadline, seed },
    { requiredKeys: ['plane', 'effect', 'match', 'trigger', 'deadline'] },
  )
  .map(ofPackets);

/** Packets are dropped by chance alone, and loss is a chance already. */
function ofPackets(fault: TcpFault): TcpFault {
  const { seed: _, ...unseeded } = fault;
  const { chance } = fault.trigger;
  if (fault.effect.kind === 'partition') return { ...unseeded, trigger: { chance, every: 1, skip: 0 } };
  if (fault.effect.kind === 'loss') return { ...unseeded, trigger: { chance: 1, every: 1, skip: 0 } };
  return fault;
}

export const arbitraryFault: fc.Arbitrary<Fault> = fc.oneof(arbitraryDiskFault, arbitraryTcpFault);
