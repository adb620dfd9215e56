import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExperimentObject } from '../../controller/experiment-object.js';
import { KeptJournal } from '../../controller/kept-journal.js';
import { controllerLimits } from '../../controller/limits.js';
import { type Clock, systemClock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import { expectedOf } from '../../experiment/engine/expected.js';
import type { JournalEvent } from '../../experiment/journal/events.js';
import { resources } from '../../kube/resources.js';
import { planFor } from '../experiment/plan-for.js';
import { ObjectStore } from '../kube/object-store.js';

const namespace = 'shop';
const target = { resource: resources.configMaps, namespace, name: 'one-journal' };
const experiment: ExperimentObject = {
  ...{ apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment' },
  metadata: { name: 'one', namespace, uid: 'u1' },
};
/** Nobody waits. */
const clock: Clock = {
  ...systemClock,
  after: (_, run) => {
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
};
const signal = new AbortController().signal;
const open = (api: ObjectStore) => KeptJournal.open({ api, clock, experiment, signal });
const beganRun: JournalEvent = {
  ...{ atMs: 0, type: 'run-began', experiment: 'one', version: '0', startedAt: '2030-01-01T00:00:00Z' },
  expected: expectedOf(planFor({ steps: [{ wait: { for: '1s' } }] })),
};

/** The journal, with a first line. */
async function begun(store: ObjectStore): Promise<KeptJournal> {
  const journal = await open(store);
  journal.append(beganRun);
  await journal.flush();
  return journal;
}

async function write(journal: KeptJournal, step: string): Promise<void> {
  journal.append({ atMs: 1, type: 'step-began', step });
  await journal.flush();
}

const steps = async (store: ObjectStore): Promise<readonly string[]> =>
  (await open(store)).past.flatMap((event) => (event.type === 'step-began' ? [event.step] : []));

/** Carries out every patch; who asked for one that `isLost` names does not hear of it. */
function losing(isLost: (patches: number) => boolean): ObjectStore {
  const store = new ObjectStore();
  const patch = store.patch.bind(store);
  let patches = 0;
  store.patch = async (...given) => {
    const answer = await patch(...given);
    patches += 1;
    if (isLost(patches)) throw new HavocError('kube.timeout', 'no answer in time');
    return answer as never;
  };
  return store;
}

const taken = { code: 'experiment.journal-taken' };

test('of two that write the same at the same time one goes on, and the other stops', async () => {
  const store = new ObjectStore();
  await begun(store);
  const [one, other] = [await open(store), await open(store)];
  await write(one, 'a');
  await write(one, 'b');
  await assert.rejects(write(other, 'a'), taken);
  await write(one, 'c');
  assert.deepEqual(await steps(store), ['a', 'b', 'c']);
});

test('of two that begin it one goes on', async () => {
  const store = new ObjectStore();
  const [one, other] = [await open(store), await open(store)];
  for (const journal of [one, other]) journal.append(beganRun);
  await one.flush();
  await assert.rejects(other.flush(), taken);
  await write(one, 'a');
  assert.deepEqual(await steps(store), ['a']);
});

test('a write whose answer was lost is there once', async () => {
  const store = losing(() => true);
  const journal = await begun(store);
  for (const step of ['a', 'b', 'c']) await write(journal, step);
  assert.deepEqual(await steps(store), ['a', 'b', 'c']);
});

test('who has nothing to write finds out, when it must be sure, that another goes on', async () => {
  const store = new ObjectStore();
  await begun(store);
  const [one, other] = [await open(store), await open(store)];
  await one.flush(true);
  await write(one, 'a');
  await one.flush(true);
  await other.flush();
  await assert.rejects(other.flush(true), taken);
  assert.deepEqual(await steps(store), ['a']);
});

test('who labels it takes it from nobody', async () => {
  const store = new ObjectStore();
  const journal = await begun(store);
  await write(journal, 'a');
  await store.patch(target, { kind: 'merge', body: { metadata: { labels: { team: 'blue' } } } });
  await write(journal, 'b');
  assert.deepEqual(await steps(store), ['a', 'b']);
});

test('parts that were made one, and the answer lost: what comes after it stays behind it', async () => {
  const { journalParts } = controllerLimits;
  // The first is a creation: the last of so many patches makes them one.
  const store = losing((patches) => patches === journalParts);
  const journal = await begun(store);
  const written = Array.from({ length: 3 * journalParts }, (_, index) => `s${index}`);
  for (const step of written) await write(journal, step);
  assert.deepEqual(await steps(store), written);
});
