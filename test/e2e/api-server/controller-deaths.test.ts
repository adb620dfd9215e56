/**
 * The controller is killed at its writes, and the next one brings the run to the same end. Each night after each single write:
 * deaths-with-answer-*.nightly.test.ts.
 */
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { SeededRandom } from '../../seeded-random.js';
import { controlledCluster } from './controlled-cluster.js';
import { DyingController, endsAlike } from './dying-controller.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const seed = Number(process.env['HAVOCK8S_SEED'] ?? 1);
const places = 4;

test('whichever write its controller dies at, a run ends as it would have', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const dying = await DyingController.over(await controlledCluster(t));
  const undisturbed = await dying.playUndisturbed();
  const { length } = undisturbed.writes;
  t.diagnostic(`seed ${seed}: ${places} of ${length} writes`);
  const random = new SeededRandom(seed);
  for (let place = 0; place < places; place += 1) {
    const at = 1 + Math.floor(((place + random.integer(1000) / 1000) * length) / places);
    const answer = random.one(['given', 'lost'] as const);
    const played = await dying.play({ at, answer });
    t.diagnostic(`${played.writes[at - 1]}, its answer ${answer}: ${played.end.verdict}`);
    endsAlike(played, undisturbed);
  }
});
