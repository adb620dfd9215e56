/** Reviews that come all at once. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type ServerLimits, serverLimits } from '../../../webhook/server/limits.js';
import { podOf, responseIn, reviewOf } from './review-of.js';
import { startedServer } from './started-server.js';

/** Client and server share one thread here, and a thousand handshakes take it seconds. */
const patient: ServerLimits = {
  ...serverLimits,
  connectionsOfAddress: 2000,
  handshakeMs: 120_000,
  headersMs: 120_000,
  bodyMs: 120_000,
  requestMs: 120_000,
  keepAliveMs: 120_000,
  probeRequestMs: 120_000,
};

/** `count` reviews, each on a connection of its own, are all answered. */
export async function manyAtOnce(t: TestContext, count: number): Promise<void> {
  const { post, agent } = await startedServer(t, { limits: patient });
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) => post('/inject', reviewOf(podOf(), { uid: `uid-${index}` }))),
  );
  assert.ok(Object.values(agent.freeSockets).flat().length > 100);
  answers.forEach(({ status, text }, index) => {
    const response = responseIn(text);
    assert.deepEqual([status, response.uid, response.patchType], [200, `uid-${index}`, 'JSONPatch']);
  });
}
