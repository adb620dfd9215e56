import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HavocError } from '../../core/havoc-error.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { kubeLimits } from '../../kube/limits.js';
import { resources } from '../../kube/resources.js';
import { type Change, WatchCache } from '../../kube/watch-cache.js';
import { ManualClock } from '../core/manual-clock.js';
import { until } from '../sidecar/mounted/until.js';
import { ObjectStore } from './object-store.js';

const namespaces = { resource: resources.namespaces, namespace: null };
const target = (name: string) => ({ ...namespaces, name });
const namespace = (name: string): KubeObject => ({ metadata: { name } });

function watched(t: TestContext, store: ObjectStore, clock = new ManualClock()) {
  const calls: string[] = [];
  const errors: string[] = [];
  const { intercept } = store;
  store.intercept = (call, of) => {
    calls.push(call);
    return intercept(call, of);
  };
  const cache = new WatchCache({
    api: store,
    selection: namespaces,
    keep: ({ metadata }) => metadata.name,
    clock,
    random: () => 1,
    onError: ({ code }) => errors.push(code),
  });
  const changes: Change<string>[] = [];
  cache.onChange((change) => changes.push(change));
  t.after(() => cache.stop());
  const count = (call: string): number => calls.filter((made) => made === call).length;
  return { cache, clock, changes, errors, count };
}

test('a cache has what there was and follows what comes, changes and goes', async (t) => {
  const store = new ObjectStore();
  await store.create(namespaces, namespace('before'));
  const { cache, changes, count } = watched(t, store);
  await cache.ready;
  assert.deepEqual(cache.items(), ['before']);
  await until(() => count('watch') === 1);
  await store.create(namespaces, namespace('later'));
  await store.replace(target('later'), namespace('later'));
  await store.remove(target('before'));
  await until(() => changes.length === 4);
  assert.deepEqual(
    changes.map(({ kind, key }) => `${kind} ${key}`),
    ['added before', 'added later', 'changed later', 'removed before'],
  );
  assert.equal(cache.get('before'), undefined);
  assert.equal(cache.get('later'), 'later');
});

for (const code of ['kube.gone', 'kube.unreachable', 'kube.forbidden', 'kube.timeout'] as const) {
  test(`a watch that ends with ${code} leads to a new list, and nothing is lost`, async (t) => {
    const store = new ObjectStore();
    let isBroken = true;
    store.intercept = async (call) => {
      if (call !== 'watch' || !isBroken) return;
      isBroken = false;
      await store.create(namespaces, namespace('meanwhile'));
      throw new HavocError(code, 'the watch broke');
    };
    const { cache, clock, errors } = watched(t, store);
    await cache.ready;
    await clock.timer(kubeLimits.backoffMs.first);
    assert.deepEqual(errors, [code]);
    assert.deepEqual(cache.items(), []);
    clock.advance(kubeLimits.backoffMs.first);
    await until(() => cache.get('meanwhile') !== undefined);
  });
}

test('a server that cannot be reached is asked again and again, ever more slowly, up to 30 s', async (t) => {
  const store = new ObjectStore();
  store.intercept = () => {
    throw new HavocError('kube.unreachable', 'nobody there');
  };
  const { cache, clock, errors } = watched(t, store);
  let isReady = false;
  void cache.ready.then(
    () => {
      isReady = true;
    },
    () => {},
  );
  const waits: number[] = [];
  for (let failure = 1; failure <= 9; failure++) {
    await clock.timer(kubeLimits.backoffMs.most);
    waits.push(clock.nextInMs());
    clock.advance(clock.nextInMs());
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.ok(!isReady && errors.length >= 9);
});

test('a server that ends every watch at once is not asked without pause', async (t) => {
  const store = new ObjectStore();
  store.watch = async () => {};
  const { cache, clock, count } = watched(t, store);
  await cache.ready;
  await clock.timer(kubeLimits.backoffMs.most);
  assert.equal(count('list'), 1);
});

test('a watch that is silent for five minutes is given up, and everything listed again', async (t) => {
  const store = new ObjectStore();
  const { cache, clock, count } = watched(t, store);
  await cache.ready;
  await until(() => count('watch') === 1);
  clock.advance(kubeLimits.watchSilenceMs - 1);
  assert.equal(count('list'), 1);
  clock.advance(1);
  await until(() => count('list') === 2);
});

test('bookmarks keep a watch alive, but after ten minutes all is listed again all the same', async (t) => {
  const store = new ObjectStore();
  let bookmark: () => void = () => {};
  const watch = store.watch.bind(store);
  store.watch = (selection, options) => {
    bookmark = () => options.onEvent({ kind: 'bookmark' });
    return watch(selection, options);
  };
  const { cache, clock, count } = watched(t, store);
  await cache.ready;
  await until(() => count('watch') === 1);
  for (let minute = 1; minute < 10; minute++) {
    clock.advance(60_000);
    bookmark();
  }
  assert.equal(count('list'), 1);
  clock.advance(60_000);
  await until(() => count('list') === 2);
});

test('after stop() nothing is told, no timer is left, and whoever waits learns of it', async (t) => {
  const store = new ObjectStore();
  store.intercept = (call) => {
    if (call === 'list') throw new HavocError('kube.unreachable', 'nobody there');
  };
  const { cache, clock } = watched(t, store);
  await clock.timer(kubeLimits.backoffMs.most);
  await cache.stop();
  await assert.rejects(cache.ready, { code: 'kube.stopped' });
  assert.equal(clock.nextInMs(), Number.POSITIVE_INFINITY);
});

test('more objects than there is room for are an error, not a cache of some', async (t) => {
  const store = new ObjectStore();
  const items = Array.from({ length: kubeLimits.items + 1 }, (_, index) => namespace(`n${index}`));
  store.list = async () => ({ items: items as never[], resourceVersion: '1' });
  const { clock, errors } = watched(t, store);
  await clock.timer(kubeLimits.backoffMs.most);
  assert.deepEqual(errors, ['kube.bad-answer']);
});

/** Throws at what is called bad, in `keep` or in a listener, before and while it is watched. */
for (const place of ['keep', 'a listener'] as const) {
  test(`an object that ${place} throws at is reported and left alone, and every other one is followed`, async (t) => {
    const store = new ObjectStore();
    const failAt = (where: string, name: string): void => {
      if (where === place && name.startsWith('bad')) throw new TypeError(`not of ${name}`);
    };
    for (const name of ['bad-before', 'good-before']) await store.create(namespaces, namespace(name));
    const errors: HavocError[] = [];
    const cache = new WatchCache({
      api: store,
      selection: namespaces,
      keep: ({ metadata: { name } }) => {
        failAt('keep', name);
        return name;
      },
      clock: new ManualClock(),
      random: () => 1,
      onError: (error) => errors.push(error),
    });
    t.after(() => cache.stop());
    const heard: string[] = [];
    cache.onChange(({ key }) => failAt('a listener', key));
    cache.onChange(({ key }) => heard.push(key));
    await cache.ready;
    for (const name of ['bad-later', 'good-later']) await store.create(namespaces, namespace(name));
    await until(() => cache.get('good-later') !== undefined);
    assert.ok(heard.includes('good-before') && heard.includes('good-later'));
    assert.deepEqual(
      errors.map(({ code, message }) => `${code} ${message}`),
      [
        'kube.bad-object namespaces: bad-before is left alone',
        'kube.bad-object namespaces: bad-later is left alone',
      ],
    );
  });
}

test('an object that cannot be kept any more is one that is gone, until it can', async (t) => {
  const store = new ObjectStore();
  await store.create(namespaces, namespace('one'));
  const cache = new WatchCache({
    api: store,
    selection: namespaces,
    keep: ({ metadata: { name, labels } }) => {
      if (labels?.['bad'] !== undefined) throw new TypeError('bad');
      return name;
    },
    clock: new ManualClock(),
    random: () => 1,
  });
  t.after(() => cache.stop());
  await cache.ready;
  await store.replace(target('one'), { metadata: { name: 'one', labels: { bad: '' } } });
  await until(() => cache.get('one') === undefined);
  await store.replace(target('one'), namespace('one'));
  await until(() => cache.get('one') === 'one');
});
