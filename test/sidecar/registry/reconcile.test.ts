import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../../../faults/limits.js';
import { faultsOf } from '../../../sidecar/registry/fault-record.js';
import {
  FaultRequests,
  faultRequest,
  type Source,
  sources,
} from '../../../sidecar/registry/fault-requests.js';
import { FaultSeeds, noSeeds } from '../../../sidecar/registry/fault-seeds.js';
import {
  type Known,
  nothingKnown,
  type Reconciled,
  reconcile,
  type Wish,
} from '../../../sidecar/registry/reconcile.js';
import { ManualClock } from '../../core/manual-clock.js';
import { startedMs } from './opened-registry.js';
import { RecordingApplier } from './recording-applier.js';

type Said = Readonly<Record<string, string | null>>;

const freeze = 'disk freeze for 1s';
const slow = 'disk latency 1s for 1m';
const clock = new ManualClock(startedMs);
const appliers = [new RecordingApplier(clock, new Map())];
const seeds = (): FaultSeeds => new FaultSeeds(7, noSeeds, () => 1);
const nothing = (): Known => nothingKnown([], seeds());

/** What `source` asks for from now on, beside what the others ask for. */
const saying = (said: Said, source: Source = 'annotation', requests = FaultRequests.none()): FaultRequests =>
  requests.declare(
    source,
    Object.entries(said).map(([name, sentence]) => faultRequest(source, { name, sentence }, appliers)),
  );

const settled = (requests: FaultRequests, known: Known = nothing(), wish: Partial<Wish> = {}): Reconciled =>
  reconcile(requests, known, { now: clock, ...wish });

/** `kind name`, and the reason where there is one. */
const happened = ({ changes }: Reconciled): readonly string[] =>
  changes.map(({ kind, record, reason }) => [kind, record.name, reason ?? ''].join(' ').trim());

/** `name state` of every record. */
const listed = ({ known }: Reconciled): readonly string[] =>
  [...known.records.values()].map((record) => {
    if (record.kind === 'refused') return `${record.name} refused`;
    return `${record.name} ${record.ended ?? (record.shadowed ? 'shadowed' : 'armed')}`;
  });

interface Row {
  readonly before: FaultRequests;
  readonly after: FaultRequests;
  readonly wish?: Partial<Wish>;
  readonly changes: readonly string[];
  readonly list: readonly string[];
}

const both = saying({ a: freeze, b: slow });
const rows: Readonly<Record<string, Row>> = {
  'what is asked for is armed': {
    before: FaultRequests.none(),
    after: both,
    changes: ['armed a', 'armed b'],
    list: ['a armed', 'b armed'],
  },
  'what is asked for again goes on': { before: both, after: both, changes: [], list: ['a armed', 'b armed'] },
  'another spelling is the same fault': {
    before: both,
    after: saying({ a: 'disk  freeze for 1000ms', b: slow }),
    changes: [],
    list: ['a armed', 'b armed'],
  },
  'what is asked for no more is removed': {
    before: both,
    after: saying({ b: slow }),
    changes: ['disarmed a removed'],
    list: ['b armed'],
  },
  'another sentence replaces, and the end comes first': {
    before: both,
    after: saying({ a: slow, b: slow }),
    changes: ['disarmed a replaced', 'armed a'],
    list: ['a armed', 'b armed'],
  },
  'a sentence that turns bad is refused, and disarms': {
    before: both,
    after: saying({ a: 'disk freze', b: slow }),
    changes: ['disarmed a replaced', 'refused a'],
    list: ['a refused', 'b armed'],
  },
  'what is refused is said once': {
    before: saying({ a: 'disk freze' }),
    after: saying({ a: 'disk freze' }),
    changes: [],
    list: ['a refused'],
  },
  'an annotation goes before the command line': {
    before: saying({ a: freeze }, 'local'),
    after: saying({ a: slow }, 'annotation', saying({ a: freeze }, 'local')),
    changes: ['disarmed a shadowed', 'armed a'],
    list: ['a armed', 'a shadowed'],
  },
  'the next in the line takes over': {
    before: saying({ a: slow }, 'annotation', saying({ a: freeze }, 'local')),
    after: saying({ a: freeze }, 'local'),
    changes: ['disarmed a removed', 'armed a'],
    list: ['a armed'],
  },
  'a refused sentence shadows too': {
    before: saying({ a: freeze }, 'local'),
    after: saying({ a: 'disk freze' }, 'annotation', saying({ a: freeze }, 'local')),
    changes: ['disarmed a shadowed', 'refused a'],
    list: ['a refused', 'a shadowed'],
  },
  'what is switched off stays listed': {
    before: both,
    after: both,
    wish: { off: (name) => name === 'a' },
    changes: ['disarmed a asked'],
    list: ['a disarmed', 'b armed'],
  },
  'of a source that is away nothing is armed': {
    before: both,
    after: both.markUnavailable('annotation'),
    changes: ['disarmed a removed', 'disarmed b removed'],
    list: [],
  },
};

for (const [title, { before, after, wish, changes, list }] of Object.entries(rows)) {
  test(`reconcile(): ${title}`, () => {
    const next = settled(after, settled(before).known, wish);
    assert.deepEqual(happened(next), changes);
    assert.deepEqual(listed(next), list);
  });
}

test('reconcile() ends a fault at its time, and arms it again only when that is asked for', () => {
  const time = new ManualClock(startedMs);
  const wish = { now: time };
  const requests = saying({ a: freeze }, 'control');
  const armed = settled(requests, nothing(), wish);
  time.advance(1000);
  const expired = settled(requests, armed.known, wish);
  assert.deepEqual(happened(expired), ['expired a']);
  assert.deepEqual(happened(settled(requests, expired.known, wish)), []);
  const again = settled(requests, expired.known, { ...wish, again: 'control/a' });
  assert.deepEqual(happened(again), ['armed a']);
  assert.deepEqual(
    again.fresh.map(({ name }) => name),
    ['a'],
  );
  assert.deepEqual(happened(settled(requests, armed.known, { now: clock, again: 'control/a' })), []);
});

test('reconcile() goes on with what an earlier life kept, in its slot, and keeps what silent sources asked for', () => {
  const first = settled(both);
  const kept = [...first.known.kept.values()];
  const restarted = nothingKnown(kept, seeds());
  const silent = settled(FaultRequests.none(), restarted);
  assert.deepEqual([...silent.known.kept.values()], kept);
  const spoken = settled(both, silent.known);
  assert.deepEqual([...spoken.known.kept.values()], kept);
  assert.deepEqual(spoken.fresh, []);
  assert.equal(spoken.keptChanged, false);
  const away = settled(both.markUnavailable('annotation'), first.known);
  assert.deepEqual([...away.known.kept.values()], kept);
  assert.deepEqual([...settled(saying({ b: slow }), first.known).known.kept.keys()], ['annotation/b']);
});

test('reconcile() has the oldest of the control endpoint make room for annotations', () => {
  const many = (prefix: string, count: number): Said =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, slow]));
  const full = settled(saying(many('c', limits.faults), 'control'));
  const next = settled(saying({ a: slow }, 'annotation', full.requests), full.known);
  assert.deepEqual(happened(next), ['disarmed c0 removed', 'armed a']);
  assert.equal(faultsOf(next.known.records).length, limits.faults);
  assert.equal(next.requests.inOrder().length, limits.faults);
});

const name = fc.integer({ min: 0, max: 40 }).map((number) => `f${number}`);
const sentence = fc.constantFrom(
  freeze,
  slow,
  'disk freze',
  'disk throttle 1 iops',
  'disk latency 1s chance 5%',
);
const steps = fc.array(
  fc.record({
    source: fc.constantFrom(...sources),
    said: fc.dictionary(name, sentence, { maxKeys: 70 }),
    isAway: fc.boolean(),
    off: fc.option(name, { nil: undefined }),
    again: fc.option(name, { nil: undefined }),
    ms: fc.integer({ min: 0, max: 1500 }),
  }),
  { maxLength: 12 },
);

test('reconcile() is pure, settles in one step, and gives each fault a slot of its own', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const time = new ManualClock(startedMs);
      let requests = FaultRequests.none();
      let known = nothing();
      for (const { source, said, isAway, off, again, ms } of taken) {
        time.advance(ms);
        requests = saying(said, source, requests);
        if (isAway) requests = requests.markUnavailable(source);
        const wish: Wish = {
          now: time,
          ...(off !== undefined && { off: (other: string) => other === off }),
          ...(again !== undefined && { again: `control/${again}` }),
        };
        const next = reconcile(requests, known, wish);
        assert.deepEqual(summary(reconcile(requests, known, wish)), summary(next));
        const still = reconcile(next.requests, next.known, { now: time });
        assert.deepEqual([happened(still), still.fresh, still.keptChanged], [[], [], false]);
        const slots = faultsOf(next.known.records).map(({ slot }) => slot);
        assert.equal(new Set(slots).size, slots.length);
        assert.equal(next.known.slots.free, limits.faults - slots.length);
        ({ requests, known } = next);
      }
    }),
    { numRuns: 200 },
  );
});

const summary = (one: Reconciled): unknown => [
  happened(one),
  listed(one),
  [...one.known.kept.values()],
  one.known.seeds.kept,
  one.fresh,
];
