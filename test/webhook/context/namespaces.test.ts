import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionContext } from '../../../webhook/admission.js';
import { contextLimits } from '../../../webhook/context/limits.js';
import { type Labels, namespaceContext } from '../../../webhook/context/namespaces.js';

const enabled: Labels = { 'havock8s.io/injection': 'enabled' };

interface Setting {
  readonly known?: Readonly<Record<string, Labels>>;
  readonly lookUp?: (name: string) => Promise<Labels | null>;
}

function opened({ known = {}, lookUp = async () => null }: Setting) {
  const asked: string[] = [];
  const failed: unknown[] = [];
  const timers = new Set<() => void>();
  const of = namespaceContext({
    known: { get: (name) => known[name] },
    lookUp: (name) => {
      asked.push(name);
      return lookUp(name);
    },
    minor: () => 34,
    after: (ms, run) => {
      assert.equal(ms, contextLimits.lookUpMs);
      timers.add(run);
      return () => timers.delete(run);
    },
    onFailure: (_name, error) => failed.push(error),
  });
  return { of, asked, failed, timers };
}

const shop = (labels: Labels): AdmissionContext => ({ namespace: 'shop', labels, minor: 34 });

test('a namespace that is known and opted in is answered at once, and nobody is asked', () => {
  const { of, asked } = opened({ known: { shop: enabled } });
  assert.deepEqual(of('shop'), shop(enabled));
  assert.deepEqual(asked, []);
});

test('one that is not known yet is looked up, once for all who wait', async () => {
  const { of, asked, timers } = opened({ lookUp: async () => enabled });
  assert.deepEqual(await Promise.all([of('shop'), of('shop')]), [shop(enabled), shop(enabled)]);
  assert.deepEqual([asked, timers.size], [['shop'], 0]);
  await of('shop');
  assert.equal(asked.length, 2);
});

test('one that was opted in a moment ago is looked up, since the API server asks only about those', async () => {
  const { of } = opened({ known: { shop: {} }, lookUp: async () => enabled });
  assert.deepEqual(await of('shop'), shop(enabled));
});

test('one that cannot be looked up is what was known of it, or nothing', async () => {
  const lookUp = () => Promise.reject(new Error('away'));
  const { of, failed } = opened({ known: { shop: { team: 'a' } }, lookUp });
  assert.deepEqual(await of('shop'), shop({ team: 'a' }));
  assert.equal(await of('gone'), null);
  assert.equal(failed.length, 2);
});

test('nobody waits for longer than the bound', async () => {
  const { of, timers } = opened({ lookUp: () => new Promise(() => {}) });
  const waiting = of('shop');
  for (const run of timers) run();
  assert.equal(await waiting, null);
});

test('no more are looked up at once than the bound', async () => {
  const { of, asked } = opened({ lookUp: () => new Promise(() => {}) });
  const { lookUpsAtOnce } = contextLimits;
  for (let index = 0; index < lookUpsAtOnce; index++) void of(`shop-${index}`);
  assert.equal(await of('one-more'), null);
  assert.equal(asked.length, lookUpsAtOnce);
});
