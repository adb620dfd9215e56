import { test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { measurePromptness } from './promptness.js';
import { openSetup } from './setup.js';

/** Pods and this process have to share the machine's clock. */
const skip = needsCluster('own');

test('a fault is there within half a second of kubectl annotate, and gone as soon', { skip }, async (t) => {
  const setup = await openSetup('promptness');
  try {
    await measurePromptness(t, setup);
  } finally {
    await setup.close();
  }
});
