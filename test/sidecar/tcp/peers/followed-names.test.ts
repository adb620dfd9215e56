import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Prefix } from '../../../../faults/peer-set.js';
import { proxyTimeouts } from '../../../../sidecar/proxy/timeouts.js';
import { limits } from '../../../../sidecar/tcp/limits.js';
import { FollowedNames } from '../../../../sidecar/tcp/peers/followed-names.js';
import { ManualClock } from '../../../core/manual-clock.js';

const address = (last: number): readonly Prefix[] => [{ bytes: [10, 0, 0, last], bits: 32 }];

interface Followed {
  readonly clock: ManualClock;
  readonly names: FollowedNames;
  readonly answers: Map<string, readonly Prefix[] | Promise<readonly Prefix[]>>;
  readonly asked: string[];
  readonly changes: () => number;
}

function followed(): Followed {
  const clock = new ManualClock();
  const answers: Followed['answers'] = new Map();
  const asked: string[] = [];
  let changes = 0;
  const names = new FollowedNames({
    clock,
    lookUp: async (name) => {
      asked.push(name);
      return answers.get(name) ?? [];
    },
    onChange: () => {
      changes++;
    },
  });
  return { clock, names, answers, asked, changes: () => changes };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('follow() knows the addresses once it resolves', async () => {
  const { names, answers } = followed();
  answers.set('pg-1', address(7));
  await names.follow(new Set(['pg-1', 'pg-9']));
  assert.deepEqual(names.addresses.get('pg-1'), address(7));
  assert.deepEqual(names.addresses.get('pg-9'), []);
  names.close();
});

test('an address that changes is noticed within five seconds, and said once', async () => {
  const { clock, names, answers, changes } = followed();
  answers.set('pg-1', address(7));
  await names.follow(new Set(['pg-1']));
  clock.advance(limits.followMs);
  await turn();
  assert.equal(changes(), 0);
  answers.set('pg-1', address(8));
  clock.advance(limits.followMs);
  await turn();
  assert.equal(changes(), 1);
  assert.deepEqual(names.addresses.get('pg-1'), address(8));
  clock.advance(limits.followMs);
  await turn();
  assert.equal(changes(), 1);
  names.close();
});

test('a look-up that takes too long is not waited for, and heard when it comes', async () => {
  const { clock, names, answers, changes } = followed();
  let answer: (found: readonly Prefix[]) => void = () => {};
  answers.set(
    'slow',
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const following = names.follow(new Set(['slow']));
  clock.advance(proxyTimeouts.firstLookUpMs);
  await following;
  assert.equal(names.addresses.get('slow'), undefined);
  answer(address(3));
  await turn();
  answers.set('slow', address(3));
  clock.advance(limits.followMs - proxyTimeouts.firstLookUpMs);
  await turn();
  assert.equal(changes(), 1);
  names.close();
});

test('a plan that changes all the time does not keep names from being looked up again', async () => {
  const { clock, names, answers, changes } = followed();
  answers.set('pg-1', address(7));
  await names.follow(new Set(['pg-1']));
  answers.set('pg-1', address(8));
  for (let seconds = 0; seconds < 10; seconds++) {
    clock.advance(1000);
    await turn();
    await names.follow(new Set(['pg-1']));
  }
  assert.equal(changes(), 1);
  names.close();
});

test('names that nobody needs any more are forgotten, and nothing is asked for them', async () => {
  const { clock, names, asked } = followed();
  await names.follow(new Set(['pg-1']));
  await names.follow(new Set());
  asked.length = 0;
  clock.advance(60_000);
  await turn();
  assert.deepEqual(asked, []);
  assert.equal(clock.pending, 0);
  assert.equal(names.addresses.size, 0);
});
