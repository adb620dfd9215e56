/**
 * The holder: mounts, gives the plane what outlives it, unmounts. It must not die, so it does nothing else:
 * no port, no file of anybody's, no parsing but of its own two-word messages.
 *
 *     argv: {"socket": PATH, "mounts": [{"volume", "mountpoint", "source", "flags"}]}
 *     stdout: one line of JSON when everything is mounted; then nothing until the end
 */
import { libc } from '../linux/libc.js';
import { type Holding, holdDescriptors } from './hold-descriptors.js';
import { type MountRequest, mountVolume, unmountVolume } from './mount-volume.js';

export interface HolderConfig {
  readonly socket: string;
  readonly mounts: readonly MountRequest[];
  readonly endWithParent: boolean;
}

const PR_SET_PDEATHSIG = 1;
const SIGTERM = 15;

const config = JSON.parse(process.argv[2] ?? '{}') as HolderConfig;
process.title = 'havock8s-mount';
/** A holder without whoever started it would hold for ever: the kernel then sends SIGTERM. */
if (config.endWithParent) libc.prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);

const mounted: MountRequest[] = [];
const unmountAll = (): void => {
  for (const mount of mounted.splice(0).reverse()) unmountVolume(mount.mountpoint);
};

let holding: Holding | null = null;
/** From the first mount on: whoever is told to go before the last takes what there is away. */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    unmountAll();
    holding?.stop();
  });
}

try {
  const kept = new Map<string, number>();
  for (const mount of config.mounts) {
    kept.set(`device/${mount.volume}`, mountVolume(mount));
    mounted.push(mount);
  }
  holding = holdDescriptors(config.socket, kept);
  process.stdout.write(`${JSON.stringify({ event: 'mounted', pid: process.pid })}\n`);
  await holding.stopped;
} catch (error) {
  unmountAll();
  const code = (error as { readonly code?: string }).code ?? 'E_HOLDER';
  const message = error instanceof Error ? error.message : String(error);
  process.stdout.write(`${JSON.stringify({ event: 'failed', code, message })}\n`);
  process.exitCode = 1;
}
