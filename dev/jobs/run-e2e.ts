/**
 * `npm run test:e2e`: whole sidecars under load and death, then real API servers, then a cluster, which it brings up and
 * takes down.
 *
 *     KUBECONFIG ─ set ──► that cluster, its nodes given the images by kind, k3d, minikube or a command of one's own
 *                └ else ─► a cluster of three nodes on this machine
 *
 * Arguments choose files by the start of their path: `npm run test:e2e -- test/e2e/effects`.
 * With `--keep` the cluster stays up, and the next run finds it, and gives it the image of then.
 * With `--complete`, a test that skips because the machine lacks something is a failure too.
 */
import { parseArgs } from 'node:util';
import { clusterPrograms } from '../cluster/binaries.js';
import { Cluster, clusterVariable } from '../cluster/cluster.js';
import { loadImages } from '../cluster/foreign-cluster.js';
import { prepareCluster, renewCluster } from '../cluster/prepare-cluster.js';
import { whyNoCluster } from '../cluster/why-no-cluster.js';
import { bringPrograms } from './bring-programs.js';
import { type Batch, runFiles } from './run-files.js';
import { testFiles } from './test-files.js';

const nodes = 3;
const cores = 2;
const timeoutMs = 900_000;
const startedMs = performance.now();

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const files = testFiles(positionals);
  const kubeconfig = process.env['KUBECONFIG'];
  const own = kubeconfig === undefined && files.cluster.length > 0 ? new OwnCluster(values) : null;
  async function* lots(): AsyncGenerator<Batch> {
    yield { files: files.alone, concurrency: 1, timeoutMs };
    if (files.apiServer.length > 0) {
      await bringPrograms(files.apiServer, clusterPrograms);
      yield { files: files.apiServer, concurrency: cores, timeoutMs };
    }
    if (files.cluster.length > 0) {
      // A cluster of ours, by the lines of `npm run cluster -- env`, has its images.
      if (kubeconfig !== undefined && process.env[clusterVariable] === undefined)
        await loadImages(kubeconfig, say);
      await own?.bringUp();
      yield { files: files.cluster, concurrency: 1, timeoutMs };
    }
  }
  try {
    return await runFiles(lots(), values);
  } finally {
    await own?.takeDown();
  }
}

const options = {
  complete: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  name: { type: 'string', default: 'e2e' },
} as const;

class OwnCluster {
  #isUp = false;

  constructor(readonly options: { readonly keep: boolean; readonly name: string }) {}

  async bringUp(): Promise<void> {
    const { keep, name } = this.options;
    const lack = await whyNoCluster();
    if (lack !== null) return say(`no cluster can be brought up here: ${lack}`);
    const kept = keep ? Cluster.find(name) : null;
    const cluster =
      kept === null ? await prepareCluster({ name, nodes, keep, say }) : await renewCluster(kept, say);
    this.#isUp = !keep;
    process.env['KUBECONFIG'] = cluster.kubeconfig;
    process.env[clusterVariable] = name;
  }

  async takeDown(): Promise<void> {
    if (this.#isUp) await Cluster.down(this.options.name);
  }
}

function say(line: string): void {
  console.log(`setup: ${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${line}`);
}

process.exit(await main(process.argv.slice(2)));
