/**
 * What becomes of each pod, word for word. After a change that is wanted, write it down again and read the difference:
 *
 *     UPDATE_GOLDEN=1 npm test -- test/webhook/golden && git diff test/webhook/golden
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { test } from 'node:test';
import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { Admission } from '../../../webhook/admission.js';
import { uninject } from '../../../webhook/uninject.js';
import { isAskedToUpdate, isUpdating } from '../../golden-switch.js';
import { admitted, injected, patched } from '../a-pod.js';
import { podProblems } from '../validity/pod-problems.js';
import type { CheckedPod } from '../validity/pod-rules.js';
import { qosClass } from '../validity/quality-of-service.js';
import { admissionFile, admissionNames, goldens } from './goldens.js';

test('what is written down is not written again where nobody would read it', () => {
  assert.ok(!(isAskedToUpdate && env['CI']), 'UPDATE_GOLDEN is for people, not for CI');
});

for (const { name, pod } of goldens) {
  test(`${name} becomes what is written down`, () => {
    const file = admissionFile(name);
    const actual = stringify(withoutStatus(admitted(pod)), { lineWidth: 110, aliasDuplicateObjects: false });
    if (isUpdating) writeFileSync(file, actual);
    const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
    assert.ok(actual === expected, createTwoFilesPatch(file, 'what admit() answers', expected, actual));
  });

  test(`${name} is a pod that an API server takes, before and after`, () => {
    assert.deepEqual(podProblems(pod), []);
    const admission = admitted(pod);
    if (admission.kind === 'inject') assert.deepEqual(podProblems(patched(pod, admission.patch)), []);
  });
}

/** The patch writes it into an annotation. */
function withoutStatus(admission: Admission): object {
  if (admission.kind === 'skip') return admission;
  const { status: _, ...rest } = admission;
  return rest;
}

const injectable = goldens.filter(({ pod }) => admitted(pod).kind === 'inject');

for (const { name, pod } of injectable) {
  test(`${name} is left alone by a second pass, keeps its class, and can be had back`, () => {
    const { pod: after } = injected(pod);
    assert.deepEqual(injected(after).patch, []);
    const classes = [pod, after].map((one) => qosClass(one as unknown as CheckedPod));
    assert.equal(classes[1], classes[0] === 'BestEffort' ? 'Burstable' : classes[0]);
    assert.deepEqual(patched(after, uninject(after) ?? []), pod);
  });
}

test('nothing is written down for a pod that is not there any more', () => {
  const stale = admissionNames().filter((name) => !goldens.some((golden) => golden.name === name));
  if (isUpdating) for (const name of stale) rmSync(admissionFile(name));
  else assert.deepEqual(stale, []);
});

test('the pods are of every kind that is decided about', () => {
  const reasons = goldens
    .map(({ pod }) => admitted(pod))
    .flatMap((one) => (one.kind === 'skip' ? one.reason : []));
  assert.deepEqual(reasons.sort(), ['host-network', 'mirror-pod', 'user-namespace', 'windows']);
  assert.ok(injectable.length >= 20);
});
