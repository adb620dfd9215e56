/**
 * `npm run test:cluster`: brings up a cluster, plays the scenes on it, takes it down.
 *
 *     KUBECONFIG ── set ──► that cluster, and its loader of images
 *                └─ else ─► a cluster of three nodes on this machine
 *
 * Arguments choose files by the start of their path: `npm run test:cluster -- test/scenes/effects`.
 * With `--keep` the cluster stays up, and the next run finds it. With `--complete`, what is skipped for a lack is a failure.
 */
import { Cluster } from '../test/cluster/cluster.js';
import { prepareCluster } from '../test/cluster/prepare-cluster.js';
import { whyNoCluster } from '../test/cluster/why-no-cluster.js';
import { clusterVariable } from '../test/scenes/cluster-at-hand.js';
import { runFiles } from './run-files.js';
import { testFiles } from './test-files.js';

const name = process.env['HAVOCK8S_SCENES'] ?? 'scenes';
const nodes = 3;
const timeoutMs = 900_000;

async function main(args: readonly string[]): Promise<number> {
  const { scenes } = testFiles(args.filter((argument) => !argument.startsWith('--')));
  const lots = [{ files: scenes, concurrency: 1, timeoutMs }];
  const play = (): Promise<number> => runFiles(lots, { complete: args.includes('--complete') });
  if (process.env['KUBECONFIG'] !== undefined) return play();
  const lack = await whyNoCluster();
  if (lack !== null) {
    say(`no cluster can be brought up here: ${lack}`);
    return play();
  }
  const keep = args.includes('--keep');
  const kept = keep ? Cluster.find(name) : null;
  const cluster = kept ?? (await prepareCluster({ name, nodes, keep, say }));
  process.env['KUBECONFIG'] = cluster.kubeconfig;
  process.env[clusterVariable] = cluster.plan.name;
  try {
    return await play();
  } finally {
    if (!keep) await Cluster.down(cluster.plan.name);
  }
}

const startedMs = performance.now();

function say(line: string): void {
  console.log(`setup: ${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${line}`);
}

process.exit(await main(process.argv.slice(2)));
