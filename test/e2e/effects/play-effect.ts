/**
 * One effect from its annotation to its end: not there, annotated, there, proven by the sidecar's own counts, annotation
 * gone, not there.
 */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ShownFault } from '../../../cli/client/answers.js';
import { faultPrefix } from '../../../core/keys.js';
import { controlPort } from '../../../core/pod-layout.js';
import type { Environment } from '../environment.js';
import { listedFaults } from '../listed-faults.js';
import type { ProbeAgent } from '../probe-agent/probe-agent.js';
import type { Observation } from '../probe-agent/probe-agent-program.js';

export interface Effect {
  readonly environment: Environment;
  readonly pod: string;
  /** In a container of that pod. */
  readonly inside: ProbeAgent;
  readonly sentence: string;
  readonly look: () => Promise<Observation>;
  readonly isFaulty: (seen: Observation, well: Observation) => boolean;
  /** How often it has to be seen. Twice where one look does not spend it. */
  readonly looks?: number;
  /** What was held, once it is let go. */
  readonly goesOn?: () => Promise<Observation>;
}

/** Of the annotation. */
export const faultName = 'environment';

/** A busy machine may be slow for reasons of its own, but not every time. */
const wellLooks = 12;

export async function playEffect(t: TestContext, effect: Effect): Promise<void> {
  const { sentence, look, isFaulty, looks = 2, goesOn } = effect;
  const well = await lookUntilWell(effect, undefined);
  await annotate(effect, `${faultPrefix}${faultName}=${sentence}`);
  try {
    await untilState(effect, 'armed');
    const seen: Observation[] = [];
    while (seen.length < looks) seen.push(await look());
    t.diagnostic(`${sentence}: ${tell(well)}; with it ${seen.map(tell).join(', ')}`);
    for (const sight of seen) assert.ok(isFaulty(sight, well), `nothing of ${sentence} in ${tell(sight)}`);
    const { matched, injected, exempted } = await untilCounted(effect);
    t.diagnostic(`${sentence}: matched ${matched}, injected ${injected}, exempted ${exempted}`);
  } finally {
    await annotate(effect, `${faultPrefix}${faultName}-`);
    // Also after a failure: the next must not take this one for its own.
    await untilState(effect, 'none');
  }
  if (goesOn !== undefined) {
    const gone = await goesOn();
    assert.equal(gone.code, 'ok', `what was held did not go on: ${tell(gone)}`);
  }
  t.diagnostic(`${sentence}: without it again ${tell(await lookUntilWell(effect, well))}`);
}

export async function annotate(
  { environment, pod }: Pick<Effect, 'environment' | 'pod'>,
  change: string,
): Promise<void> {
  await environment.succeed(['annotate', 'pod', pod, '--overwrite', change]);
}

/** `none` when the sidecar has heard that the annotation is gone. */
export async function untilState(
  { inside }: Pick<Effect, 'inside'>,
  is: 'armed' | 'none',
  name = faultName,
): Promise<void> {
  const url = `http://127.0.0.1:${controlPort}/v1/faults/${name}`;
  await inside.seeUntil({ act: 'fault', url }, { field: 'code', is, holds: true, boundMs: 60_000 });
}

async function lookUntilWell(
  { look, isFaulty, sentence }: Effect,
  well: Observation | undefined,
): Promise<Observation> {
  const seen: Observation[] = [];
  while (seen.length < wellLooks) {
    const sight = await look();
    if (sight.code === 'ok' && !isFaulty(sight, well ?? sight)) return sight;
    seen.push(sight);
  }
  return assert.fail(`${sentence} is not armed, and yet: ${seen.map(tell).join(', ')}`);
}

/** Packets are counted by the kernel, which is asked once a second. */
async function untilCounted(effect: Effect): Promise<ShownFault['tallies']> {
  for (let look = 0; ; look++) {
    const fault = await listed(effect);
    assert.ok(fault !== undefined, `${effect.pod} does not list ${effect.sentence}`);
    assert.deepEqual([fault.state, fault.source], ['armed', 'annotation']);
    const { tallies } = fault;
    if (tallies.matched > 0 && tallies.injected > 0) return tallies;
    assert.ok(look < 10, `${effect.sentence} was seen, but the sidecar counts ${JSON.stringify(tallies)}`);
  }
}

/** As a person would look: one that has ended is still listed, until its annotation goes. */
export async function listed(
  { environment, pod }: Pick<Effect, 'environment' | 'pod'>,
  name = faultName,
): Promise<ShownFault | undefined> {
  return (await listedFaults(environment, pod)).find((fault) => fault.name === name);
}

export const tell = ({ code, ms, bytes }: Observation): string =>
  `${code} after ${ms.toFixed(1)} ms (${bytes} bytes)`;
