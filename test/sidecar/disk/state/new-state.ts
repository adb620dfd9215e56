/** Tables of no volume, gone when the test ends. */
import { closeSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { createVolumeState, type VolumeState } from '../../../../sidecar/disk/state/volume-state.js';

export function newState(t: TestContext): VolumeState {
  const state = createVolumeState('data');
  t.after(() => closeSync(state.fd));
  return state;
}
