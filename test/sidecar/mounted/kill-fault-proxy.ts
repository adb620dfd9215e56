/** Death of the fault proxy, as the kernel's OOM killer would bring it. */
import type { MountedDisk } from './mounted-disk.js';
import { until } from './until.js';

/** Resolves when another fault proxy serves. */
export async function killFaultProxy({ sidecar, control, log }: MountedDisk): Promise<void> {
  const pid = sidecar.proxyPid();
  process.kill(pid, 'SIGKILL');
  const replaced = async () => sidecar.proxyPid() !== pid && (await control.isReady());
  await until(replaced).catch((error: unknown) => {
    throw new Error(`no fault proxy took over from ${pid}: ${log.join('\n')}`, { cause: error });
  });
}
