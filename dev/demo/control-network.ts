/**
 * This program again, where the cluster is: in the network of its control plane, pods and their names are to be reached,
 * and nothing of the machine's own routes or names is touched.
 *
 *     outer ── nsenter --net ── unshare --mount ── inner, its /etc/resolv.conf the cluster's
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopSignal } from '../../cli/commands/local/stop-policy.js';
import { exitCode } from '../../cli/exit-code.js';
import { type Cluster, clusterVariable } from '../cluster/cluster.js';
import { controlAddress } from '../cluster/cluster-plan.js';
import { namespace } from './names.js';

const innerVariable = 'HAVOCK8S_DEMO_NETWORK';

/** The cluster that the inner process is to play on; null in the outer one. */
export const clusterInside = (env: NodeJS.ProcessEnv): string | null => env[innerVariable] ?? null;

export interface Inner {
  /** Its exit code. */
  readonly ended: Promise<number>;
  send(signal: StopSignal): void;
}

const script = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"';

export function runInside(cluster: Cluster, argv: readonly string[], env: NodeJS.ProcessEnv): Inner {
  const { plan, control } = cluster;
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-demo-'));
  const names = join(folder, 'resolv.conf');
  writeFileSync(names, resolving(controlAddress(plan)));
  const network = ['--net', `--target=${control.pid}`, '--', 'unshare', '--mount', 'sh', '-c', script, 'sh'];
  const again = [process.execPath, ...process.execArgv, ...argv];
  const inner = spawn('nsenter', [...network, names, ...again], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...env, [innerVariable]: plan.name, [clusterVariable]: plan.name },
  });
  const ended = (async () => {
    try {
      const [code, signal] = (await once(inner, 'exit')) as [number | null, NodeJS.Signals | null];
      return code ?? exitCode.signalled + (signal === null ? 0 : constants.signals[signal]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  })();
  return {
    ended,
    send: (signal) => {
      if (inner.connected) inner.send(signal, () => {});
    },
  };
}

/** As kubelets write it into pods of the namespace. */
const resolving = (dns: string): string => `nameserver ${dns}
search ${namespace}.svc.cluster.local svc.cluster.local cluster.local
options ndots:5
`;
