import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { issueAuthority, issueLeaf } from '../../certs/issue.js';
import { certificateLimits, lifetimes } from '../../certs/limits.js';
import { nextStep, type Observed, type Step } from '../../certs/next-step.js';
import type { Pair } from '../../certs/read-pair.js';
import { type Holdings, noHoldings } from '../../certs/read-secret.js';

const dayMs = 24 * 60 * 60 * 1000;
const madeMs = Date.UTC(2030, 0, 1);
const names = ['havoc.test.svc'];
const later = (days: number): number => madeMs + days * dayMs;
const settled = certificateLimits.settleMs;

let first: Pair;
let second: Pair;
let leaf: Pair;
let sound: Holdings;

before(async () => {
  first = await issueAuthority(madeMs, lifetimes);
  second = await issueAuthority(later(244), lifetimes);
  leaf = await issueLeaf(madeMs, lifetimes, { authority: first, names });
  sound = { ...noHoldings, authority: first, leaf };
});

interface Case {
  readonly says: string;
  readonly held: () => Holdings;
  readonly days?: number;
  readonly known?: () => Holdings;
  /** What each webhook trusts. */
  readonly trusted: () => readonly (readonly Pair[])[];
  readonly settledMs?: number;
  readonly replicas?: Observed['replicas'];
  readonly step: Step['kind'];
  readonly also?: (step: Step) => void;
}

const cases: readonly Case[] = [
  {
    says: 'with nothing at all an authority is prepared',
    held: () => noHoldings,
    trusted: () => [[], []],
    step: 'prepare',
    also: (step) => assert.deepEqual(step, { kind: 'prepare', old: [] }),
  },
  {
    says: 'what is trusted when the Secret is lost stays trusted, since somebody may serve under it',
    held: () => noHoldings,
    trusted: () => [[first], [first]],
    step: 'prepare',
    also: (step) => assert.deepEqual(step, { kind: 'prepare', old: [first.certificate] }),
  },
  {
    says: 'the very first authority is trusted before there is a leaf',
    held: () => ({ ...noHoldings, next: first }),
    trusted: () => [[], []],
    step: 'trust',
  },
  {
    says: 'the very first authority need not settle',
    held: () => ({ ...noHoldings, next: first }),
    trusted: () => [[first], [first]],
    step: 'promote',
  },
  {
    says: 'where others were trusted, even an authority without a predecessor has to settle',
    held: () => ({ ...noHoldings, next: second, old: [first.certificate] }),
    trusted: () => [[first, second]],
    step: 'rest',
  },
  { says: 'all is well', held: () => sound, trusted: () => [[first], [first]], step: 'rest' },
  { says: 'no webhook is registered', held: () => sound, trusted: () => [], step: 'rest' },
  { says: 'one caBundle was emptied', held: () => sound, trusted: () => [[first], []], step: 'trust' },
  {
    says: 'a caBundle was overwritten with a foreign authority',
    held: () => sound,
    trusted: () => [[second], [first]],
    step: 'trust',
  },
  {
    says: 'a caBundle has a foreign authority beside ours',
    held: () => sound,
    trusted: () => [[first, second]],
    step: 'trust',
  },
  {
    says: 'a leaf one hour short of two thirds of its life stays',
    held: () => sound,
    days: 20 - 1 / 24,
    trusted: () => [[first]],
    step: 'rest',
    also: (step) => assert.ok(step.kind === 'rest' && step.untilMs <= later(20)),
  },
  {
    says: 'a leaf at two thirds of its life is renewed',
    held: () => sound,
    days: 20,
    trusted: () => [[first]],
    step: 'renew',
  },
  {
    says: 'a lost leaf is made again under the authority there is',
    held: () => ({ ...sound, leaf: null }),
    trusted: () => [[first]],
    step: 'renew',
  },
  {
    says: 'no leaf is made under an authority that is not trusted yet',
    held: () => ({ ...sound, leaf: null }),
    trusted: () => [[second]],
    step: 'trust',
  },
  {
    says: 'a leaf that lasts as long as its authority is not renewed again and again',
    held: () => ({ ...sound, leaf: { ...leaf, notAfterMs: first.notAfterMs }, old: [second.certificate] }),
    days: 364,
    trusted: () => [[first, second]],
    replicas: 'some-behind',
    step: 'rest',
  },
  {
    says: 'a lost Secret is restored as it was known',
    held: () => noHoldings,
    known: () => sound,
    trusted: () => [[first]],
    step: 'restore',
    also: (step) => assert.deepEqual(step, { kind: 'restore', holdings: sound }),
  },
  {
    says: 'what was promoted unseen before the Secret was lost stays trusted, since others serve under it',
    held: () => noHoldings,
    known: () => sound,
    trusted: () => [[first, second]],
    step: 'restore',
    also: (step) =>
      assert.deepEqual(step, { kind: 'restore', holdings: { ...sound, old: [second.certificate] } }),
  },
  {
    says: 'what is known to have expired is not restored',
    held: () => noHoldings,
    days: 31,
    known: () => sound,
    trusted: () => [[first]],
    step: 'prepare',
  },
  {
    says: 'an older Secret is not restored over another authority',
    held: () => ({ ...noHoldings, authority: second }),
    days: 0,
    known: () => sound,
    trusted: () => [[second]],
    step: 'renew',
  },
  {
    says: 'an authority at two thirds of its life gets a successor',
    held: () => ({ ...sound, leaf: { ...leaf, notAfterMs: later(270), notBeforeMs: later(240) } }),
    days: 365 * (2 / 3) + 0.01,
    trusted: () => [[first]],
    step: 'prepare',
  },
  {
    says: 'a successor is trusted beside its predecessor',
    held: () => ({ ...sound, next: second }),
    trusted: () => [[first], [first, second]],
    step: 'trust',
    also: (step) => assert.ok(step.kind === 'trust' && step.authorities.length === 2),
  },
  {
    says: 'nobody serves under a successor that has not settled',
    held: () => ({ ...sound, next: second }),
    trusted: () => [[first, second]],
    settledMs: settled - 1,
    step: 'rest',
  },
  {
    says: 'a leaf that is due does not wait for a successor',
    held: () => ({ ...sound, next: second }),
    days: 21,
    trusted: () => [[first, second]],
    settledMs: 0,
    step: 'renew',
  },
  {
    says: 'a successor that has settled is promoted',
    held: () => ({ ...sound, next: second }),
    trusted: () => [[first, second]],
    settledMs: settled,
    step: 'promote',
  },
  {
    says: 'the replicas are asked before an old authority goes',
    held: () => ({ ...sound, old: [second.certificate] }),
    trusted: () => [[first, second]],
    step: 'ask',
  },
  {
    says: 'an old authority stays while a replica is behind',
    held: () => ({ ...sound, old: [second.certificate] }),
    trusted: () => [[first, second]],
    replicas: 'some-behind',
    step: 'rest',
    also: (step) => assert.deepEqual(step, { kind: 'rest', untilMs: madeMs + certificateLimits.askMs }),
  },
  {
    says: 'an old authority goes when all replicas are there',
    held: () => ({ ...sound, old: [second.certificate] }),
    trusted: () => [[first, second]],
    replicas: 'all-there',
    step: 'retire',
  },
  {
    says: 'a clock a year behind regenerates nothing',
    held: () => sound,
    days: -365,
    trusted: () => [[first]],
    step: 'rest',
  },
];

for (const {
  says,
  held,
  days = 0,
  known,
  trusted,
  settledMs = 0,
  replicas = 'unasked',
  step,
  also,
} of cases) {
  test(`nextStep(): ${says}: ${step}`, () => {
    const next = nextStep(later(days), held(), {
      known: known?.() ?? null,
      trusted: trusted().map((pairs) => pairs.map(({ certificate }) => certificate)),
      settledMs,
      replicas,
    });
    assert.equal(next.kind, step);
    also?.(next);
  });
}
