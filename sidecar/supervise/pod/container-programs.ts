/** What the two containers run for good. Whoever read the command line becomes it, small and with nothing else loaded. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from '../../linux/become.js';
import type { HolderConfig } from '../../mount/main.js';
import { smallEngineEnv, smallEngineFlags } from '../small-engine.js';
import type { FaultsConfig } from './faults-config.js';
import { podPaths } from './pod-paths.js';
import type { PodVolume } from './pod-volume.js';

/** Of container havock8s-mount. Returns only by throwing. */
export function becomeHolder(root: string, volumes: readonly PodVolume[]): never {
  const paths = podPaths(root);
  const onDemand = volumes.map((one) => ({ ...one, mountpoint: join(paths.served, one.volume) }));
  const config: HolderConfig = {
    socket: paths.holderSocket,
    mounts: [],
    onDemand,
    endWithParent: false,
    isHidden: true,
  };
  return becomeProgram('../../mount/main.js', config);
}

/** Of container havock8s-faults. Returns only by throwing. */
export const becomeSupervisor = (config: FaultsConfig): never => becomeProgram('./main.js', config);

function becomeProgram(file: string, config: object): never {
  const program = fileURLToPath(new URL(file, import.meta.url));
  return become(
    process.execPath,
    [...smallEngineFlags, program, JSON.stringify(config)],
    smallEngineEnv(process.env),
  );
}
