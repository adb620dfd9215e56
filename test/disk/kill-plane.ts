/** Death of the plane, as the kernel's OOM killer would bring it. */
import type { Sidecar } from '../../sidecar/local/local-options.js';
import { Control } from './control.js';
import { until } from './until.js';

/** Resolves when another plane serves. */
export async function killPlane(sidecar: Sidecar): Promise<void> {
  const pid = sidecar.planePid();
  process.kill(pid, 'SIGKILL');
  const control = new Control(sidecar.controlUrl);
  await until(async () => sidecar.planePid() !== pid && (await control.isReady()));
}
