import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterVersion, minorOf } from '../../../webhook/context/cluster-version.js';
import { contextLimits } from '../../../webhook/context/limits.js';

const table: readonly (readonly [unknown, number | null])[] = [
  [{ major: '1', minor: '34' }, 34],
  [{ major: '1', minor: '28+' }, 28],
  [{ major: '2', minor: '0' }, Number.POSITIVE_INFINITY],
  [{ major: '1', minor: '' }, null],
  [{ major: '1', minor: 34 }, null],
  [{ major: '1', minor: '34-eks' }, null],
  [{ minor: '34' }, null],
  [null, null],
  ['1.34', null],
];

for (const [version, minor] of table) {
  test(`minorOf() ${JSON.stringify(version)} is ${minor}`, () => assert.equal(minorOf(version), minor));
}

function asked(answers: readonly (() => Promise<unknown>)[]) {
  const waits: { readonly ms: number; readonly run: () => void }[] = [];
  let waiter = (): void => {};
  let asks = 0;
  const version = new ClusterVersion({
    ask: () => answers[asks++]!(),
    after: (ms, run) => {
      waits.push({ ms, run });
      waiter();
      return () => void waits.pop();
    },
    onFailure: () => {},
  });
  const waited = (): Promise<void> =>
    new Promise((resolve) => {
      waiter = resolve;
    });
  return { version, waits, waited };
}

const is = (minor: string) => async () => ({ major: '1', minor });
const fails = () => Promise.reject(new Error('away'));

test('the version is asked again soon while nobody tells, and later once it is known', async () => {
  const { version, waits, waited } = asked([fails, is('28'), fails, is('29')]);
  assert.equal(version.minor, null);
  const minors: (number | null)[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await waited();
    minors.push(version.minor);
    if (turn < 3) waits.at(-1)!.run();
  }
  const { versionMs, versionRetryMs } = contextLimits;
  assert.deepEqual(minors, [null, 28, 28, 29]);
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [versionRetryMs, versionMs, versionRetryMs, versionMs],
  );
  version.stop();
  assert.equal(waits.length, 3);
});
