/**
 * Nothing that a pod says throws past its own pod: arbitrary JSON in every place that is read of one, through every path
 * that reads it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explainWorkload } from '../../../cli/commands/explain/explained-workload.js';
import { judgeInjection } from '../../../cli/doctor/cluster/injection.js';
import { seenPod } from '../../../cli/doctor/cluster/seen-pod.js';
import { judgeSidecars } from '../../../cli/doctor/cluster/sidecars.js';
import { annotation } from '../../../core/keys.js';
import { admit } from '../../../webhook/admit.js';
import { eventObject } from '../../../webhook/events/event-object.js';
import { podEvent } from '../../../webhook/events/pod-event.js';
import { readStatus } from '../../../webhook/injection-status.js';
import { noteSentence } from '../../../webhook/sentences.js';
import { faultsWebhook } from '../../../webhook/server/faults-webhook.js';
import { injectWebhook } from '../../../webhook/server/inject-webhook.js';
import type { Review } from '../../../webhook/server/review.js';
import { admissionWarnings } from '../../../webhook/server/warnings.js';
import { uninject } from '../../../webhook/uninject.js';
import { admitOptions, injected, patched } from '../a-pod.js';
import { arbitraryPod } from './arbitrary-pod.js';

const runs = { numRuns: 600 };

/** Names that every object has, and what no template takes. */
const spiteful = fc.constantFrom<unknown>(
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  { toString: 1 },
  { toString: null, valueOf: 1 },
  JSON.parse('{"__proto__":{"toString":1}}'),
  [[]],
  'x'.repeat(5000),
  Number.MAX_VALUE,
  '\u0000\ud800',
);

const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), spiteful, fc.array(spiteful, { maxLength: 3 }));

const note = fc.oneof(
  { weight: 1, arbitrary: anything },
  {
    weight: 3,
    arbitrary: fc.record({ code: fc.constantFrom('bad-port', 'constructor'), subject: fc.string() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ code: fc.oneof(fc.constant('bad-port'), anything), subject: anything }),
  },
);

/** Right but for the fields that are not. */
const statusText = fc
  .record({
    ok: fc.record({
      version: fc.constant('0.1.0'),
      by: fc.constantFrom('webhook', 'hand'),
      image: fc.constant('i'),
      volumes: fc.constantFrom([], ['volume-0']),
      inbound: fc.constantFrom([], [5432]),
      outbound: fc.constant([]),
      left: fc.array(note, { maxLength: 3 }),
    }),
    wrong: fc.dictionary(
      fc.constantFrom(
        'version',
        'image',
        'volumes',
        'inbound',
        'outbound',
        'left',
        'replaced',
        'labelled',
        'readOnlyPort',
      ),
      anything,
      { maxKeys: 2 },
    ),
    replaced: fc.option(fc.dictionary(fc.constantFrom('postgres:/data0', '__proto__', 'x'), anything)),
  })
  .map(({ ok, wrong, replaced }) =>
    JSON.stringify({ ...ok, ...wrong, ...(replaced === null ? {} : { replaced }) }),
  );

/** A pod before or after it was injected, with a status and metadata of an attacker's. */
const hostilePod = fc
  .record({
    pod: arbitraryPod,
    isInjected: fc.boolean(),
    status: fc.oneof({ weight: 4, arbitrary: statusText }, { weight: 1, arbitrary: anything }),
    metadata: fc.dictionary(
      fc.constantFrom('name', 'uid', 'namespace', 'labels', 'ownerReferences', 'deletionTimestamp'),
      anything,
      { maxKeys: 2 },
    ),
    podStatus: anything,
  })
  .map(({ pod, isInjected, status, metadata, podStatus }) => {
    const made = isInjected ? injectedOr(pod) : pod;
    const annotations = { ...made.metadata.annotations, [annotation.status]: status };
    const own = { name: 'pg-0', uid: 'u-0', namespace: 'databases', annotations };
    return { ...made, metadata: { ...own, ...metadata }, status: podStatus } as object;
  });

const injectedOr = <T>(pod: T): T => {
  const admission = admit(pod, admitOptions());
  return admission.kind === 'inject' ? (patched(pod, admission.patch) as T) : pod;
};

/** Each path that reads a pod, to its last word. */
const paths: Readonly<Record<string, (pod: object) => unknown>> = {
  events: (pod) => {
    const { context, config } = admitOptions();
    const event = podEvent(pod, context, config);
    return event === null ? null : JSON.stringify(eventObject(event, 0));
  },
  uninject: (pod) => JSON.stringify(uninject(pod)),
  'uninject and apply': (pod) => patched(pod, uninject(pod) ?? []),
  admit: (pod) => admissionWarnings(admit(pod, admitOptions())),
  'admit by hand': (pod) => JSON.stringify(admit(pod, admitOptions({ by: 'hand' }))),
  'the webhook that injects': (pod) =>
    injectWebhook({
      ...admitOptions(),
      context: () => admitOptions().context,
      stop: () => ({ reason: 'pager', by: null, at: null }),
    })(reviewOf(pod)),
  'the webhook of faults': (pod) => faultsWebhook(reviewOf(pod)),
  explain: (pod) => JSON.stringify(explainWorkload(pod, { kind: 'Pod', name: 'pg-0', ...admitOptions() })),
  doctor: (pod) => {
    const seen = seenPod(pod);
    const pods = seen === null ? [] : [seen];
    const { config } = admitOptions();
    const facts = { pods, config, namespaces: new Map([['databases', {}]]), minor: 34 };
    return JSON.stringify([judgeInjection(facts), judgeSidecars(pods, 0)]);
  },
};

const reviewOf = (object: object): Review => ({
  ...{ uid: 'u', operation: 'CREATE', namespace: 'databases', resource: 'pods', isPod: true, dryRun: false },
  ...{ object, oldObject: null },
});

for (const [name, path] of Object.entries(paths)) {
  test(`whatever a pod says of itself, this path has an answer: ${name}`, () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 6, arbitrary: hostilePod }, fc.object()), (pod) => {
        path(pod as object);
      }),
      runs,
    );
  });
}

test('a status is taken whole or not at all, and what is taken is bounded text', () => {
  let taken = 0;
  fc.assert(
    fc.property(statusText, (text) => {
      const status = readStatus(text);
      if (status === null) return;
      taken += 1;
      for (const { code, subject } of status.left) {
        assert.match(code, /^[a-z-]{1,64}$/);
        assert.ok(typeof subject === 'string' && subject.length <= 512);
        assert.ok(noteSentence({ code, subject }).length < 1000);
        assert.ok(!noteSentence({ code, subject }).includes('native code'));
      }
      for (const name of status.volumes) assert.equal(typeof name, 'string');
      for (const port of [...status.inbound, ...status.outbound]) assert.ok(port >= 1 && port <= 65_535);
    }),
    runs,
  );
  assert.ok(taken > 20, `only ${taken} were taken`);
});

test('the status that injection writes is one that is read again', () => {
  fc.assert(
    fc.property(arbitraryPod, (pod) => {
      const admission = admit(pod, admitOptions());
      if (admission.kind === 'skip') return;
      const { metadata } = injected(pod).pod;
      assert.deepEqual(readStatus(metadata.annotations[annotation.status]), admission.status);
    }),
    runs,
  );
});
