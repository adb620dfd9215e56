/**
 * `npm run test:cluster`: brings up a cluster, plays the scenes on it, takes it down.
 *
 *     KUBECONFIG ─ set ──► that cluster, its nodes given the images by kind, k3d, minikube or a command of one's own
 *                └ else ─► a cluster of three nodes on this machine
 *
 * Arguments choose files by the start of their path: `npm run test:cluster -- test/scenes/effects`.
 * With `--keep` the cluster stays up, and the next run finds it, and gives it the image of then.
 * With `--complete`, a test that skips because the machine lacks something is a failure too.
 */
import { parseArgs } from 'node:util';
import { Cluster, clusterVariable } from '../test/cluster/cluster.js';
import { loadImages } from '../test/cluster/foreign-cluster.js';
import { prepareCluster, renewCluster } from '../test/cluster/prepare-cluster.js';
import { whyNoCluster } from '../test/cluster/why-no-cluster.js';
import { runFiles } from './run-files.js';
import { testFiles } from './test-files.js';

const nodes = 3;
const timeoutMs = 900_000;
const startedMs = performance.now();

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const lots = [{ files: testFiles(positionals).scenes, concurrency: 1, timeoutMs }];
  const play = (): Promise<number> => runFiles(lots, { complete: values.complete });
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig !== undefined) {
    // A cluster of ours, by the lines of `npm run cluster -- env`, has its images.
    if (process.env[clusterVariable] === undefined) await loadImages(kubeconfig, say);
    return play();
  }
  const lack = await whyNoCluster();
  if (lack !== null) {
    say(`no cluster can be brought up here: ${lack}`);
    return play();
  }
  return onOwnCluster(values, play);
}

const options = {
  complete: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  name: { type: 'string', default: 'scenes' },
} as const;

async function onOwnCluster(
  { keep, name }: { readonly keep: boolean; readonly name: string },
  play: () => Promise<number>,
): Promise<number> {
  const kept = keep ? Cluster.find(name) : null;
  const cluster =
    kept === null ? await prepareCluster({ name, nodes, keep, say }) : await renewCluster(kept, say);
  process.env['KUBECONFIG'] = cluster.kubeconfig;
  process.env[clusterVariable] = name;
  try {
    return await play();
  } finally {
    if (!keep) await Cluster.down(name);
  }
}

function say(line: string): void {
  console.log(`setup: ${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${line}`);
}

process.exit(await main(process.argv.slice(2)));
