/** What a database says of its votes goes before what its StatefulSet lets one guess. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedSteps } from '../../../../experiment/file/planned-steps.js';
import { safetySchema } from '../../../../experiment/file/safety.js';
import { stepsSchema } from '../../../../experiment/file/step.js';
import { type PodView, podView } from '../../../../experiment/worlds/kubernetes/pod-view.js';
import type { Member } from '../../../../experiment/worlds/kubernetes/roles/quorum/quorum-after.js';
import type { VotersAsked } from '../../../../experiment/worlds/kubernetes/roles/quorum/voters-asked.js';
import { quorumLost } from '../../../../experiment/worlds/kubernetes/safety.js';

const names = ['e-0', 'e-1', 'e-2', 'e-3', 'e-4'];
const pods = names.map(
  (name): PodView =>
    podView({
      metadata: {
        ...{ name, namespace: 'shop', uid: name },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'e', uid: 'set', controller: true },
        ],
      },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    } as never),
);

const steps = plannedSteps(stepsSchema.parse([{ name: 'cut', fault: 'tcp partition for 10s' }]));

/** Of a step that takes `taken` of the five pods. */
const lost = (taken: readonly string[], voters: VotersAsked | null, allow: readonly string[] = []) =>
  quorumLost(steps, {
    safety: safetySchema.parse({ allow }),
    targets: new Map([['e', { hit: pods.filter(({ name }) => taken.includes(name)), all: pods }]]),
    voters: new Map(voters === null ? [] : [['e', voters]]),
    ...{ pods, membersOf: () => 5 },
  });

/** Those that are not named learn, and have no vote. */
const voting = (...voters: readonly string[]): VotersAsked => ({
  kind: 'members',
  membership: {
    of: 'etcd',
    members: names.map(
      (name): Member => ({ name, vote: voters.includes(name) ? 'yes' : 'no', isHealthy: true }),
    ),
  },
});

test('without a word of the database each pod is a member', () => {
  assert.deepEqual(lost(['e-0', 'e-1'], null), []);
  assert.deepEqual(lost(['e-0', 'e-1', 'e-2'], null), [
    'StatefulSet e has 5 members, 5 healthy (e-0, e-1, e-2, e-3, e-4); taking e-0, e-1, e-2 leaves 2, and 3 are a majority',
  ]);
});

test('where three of five vote, two of those are too many, and three others are not', () => {
  assert.deepEqual(lost(['e-0', 'e-1'], voting('e-0', 'e-1', 'e-2')), [
    '3 members of etcd vote, 3 healthy (e-0, e-1, e-2); taking e-0, e-1 leaves 1, and 2 are needed',
  ]);
  assert.deepEqual(lost(['e-2', 'e-3', 'e-4'], voting('e-0', 'e-1', 'e-2')), []);
});

test('a database that is to be asked and does not answer lets nothing be taken, unless that is allowed', () => {
  const silent: VotersAsked = {
    kind: 'unknown',
    why: 'no member of etcd said who votes (etcd did not answer)',
  };
  assert.deepEqual(lost(['e-0'], silent), [
    'no member of etcd said who votes (etcd did not answer); so nobody can say whether target e keeps its quorum without e-0',
  ]);
  assert.deepEqual(lost([], silent), []);
  assert.deepEqual(lost(['e-0'], silent, ['quorum']), []);
});
