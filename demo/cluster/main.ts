/**
 * `npm run demo:cluster`: a Kubernetes cluster of three nodes on this machine, havock8s in it as its users install it, and
 * the demo on two of its pods. At the end the cluster is gone, whatever happened.
 *
 * With HAVOCK8S_CLUSTER, as `npm run cluster -- env` sets it, on that cluster, which stays.
 * `--quick` plays three acts of seven.
 */
import { parseArgs } from 'node:util';
import { exitCode } from '../../cli/exit-code.js';
import { SignalInbox } from '../../cli/local/signal-inbox.js';
import type { StopSignal } from '../../cli/local/stop-policy.js';
import { HavocError } from '../../sidecar/havoc-error.js';
import { clusterVariable } from '../../test/cluster/cluster.js';
import { runDemo } from '../run-demo.js';
import { clusterInside, type Inner, runInside } from './control-network.js';
import { stageOn } from './stage.js';
import { openClusterTheatre } from './theatre.js';

const interrupted = exitCode.signalled + 2;
const startedMs = performance.now();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const clusterName = clusterInside(process.env);
  if (clusterName === null) return onSomeCluster();
  return runDemo({
    heading:
      'havock8s: a real PostgreSQL and its replica in Kubernetes, on a disk and a network that misbehave',
    preparing: 'installing havock8s, and two PostgreSQLs on two nodes, as anybody would type it',
    open: (options) => openClusterTheatre({ ...options, clusterName, quick: values.quick }),
    svgFile: 'havock8s-demo-cluster.svg',
  });
}

async function onSomeCluster(): Promise<number> {
  const stage = stageOn(process.env[clusterVariable], say);
  let inner: Inner | undefined;
  let stopped = false;
  const inbox = new SignalInbox((signal: StopSignal) => {
    stopped = true;
    inner?.send(signal);
    // It may not be up yet, and then does not get up any more.
    if (inner === undefined) void stage.close().catch(() => undefined);
  });
  try {
    const cluster = await stage.open();
    if (stopped) return interrupted;
    inner = runInside(cluster, process.argv.slice(1), process.env);
    return await inner.ended;
  } catch (error) {
    if (stopped) return interrupted;
    throw error;
  } finally {
    await stage.close();
    inbox.close();
  }
}

function say(line: string): void {
  console.log(`  ${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HavocError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = exitCode.failed;
}
