/** One death at each write that an undisturbed run makes, each in a run of its own. */
import type { TestContext } from 'node:test';
import { controlledCluster } from './controlled-cluster.js';
import { type Death, DyingController, endsAlike } from './dying-controller.js';

export async function dieAtEachWrite(t: TestContext, answer: Death['answer']): Promise<void> {
  const dying = await DyingController.over(await controlledCluster(t));
  const undisturbed = await dying.playUndisturbed();
  let late = 0;
  for (const [index, write] of undisturbed.writes.entries()) {
    const played = await dying.play({ at: index + 1, answer });
    if (played.isLate) late += 1;
    t.diagnostic(`${index + 1} ${write}: ${played.end.verdict}`);
    endsAlike(played, undisturbed);
  }
  t.diagnostic(`${undisturbed.writes.length} deaths, ${late} of which took longer than a step`);
}
