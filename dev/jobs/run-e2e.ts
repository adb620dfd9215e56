/**
 * `npm run test:e2e`: whole sidecars under load and death, then real API servers, then a cluster, which it brings up and
 * takes down, also when it is asked to end before.
 *
 *     KUBECONFIG ─ set ──► that cluster, its nodes given the images by kind, k3d, minikube or a command of one's own
 *                └ else ─► a cluster of three nodes on this machine
 *
 *     sidecars alone ─► cluster, three files at a time ─► cluster-wide, one at a time ┬─► alone on the cluster
 *                                                         beside it, two at a time    ┘
 *
 * Arguments choose files by the start of their path: `npm run test:e2e -- test/e2e/effects`.
 * With `--keep` the cluster stays up, and the next run finds it, and gives it the image of then.
 * With `--nightly` those play that take too long for each change, and no others.
 * With `--complete`, a test that skips because the machine lacks something is a failure too.
 */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { exitCode } from '../../cli/exit-code.js';
import { clusterAtHand, needsCluster } from '../../test/e2e/cluster-at-hand.js';
import { install } from '../../test/e2e/installation.js';
import { clusterPrograms, operatorPrograms } from '../cluster/binaries.js';
import { Cluster, clusterVariable } from '../cluster/cluster.js';
import { loadImages } from '../cluster/foreign-cluster.js';
import type { ClusterImages } from '../cluster/images/cluster-images.js';
import { makeParts, prepareCluster, renewCluster } from '../cluster/prepare-cluster.js';
import { whyNoCluster } from '../cluster/why-no-cluster.js';
import { leaveAuthoritiesToNpm } from '../image/authorities.js';
import { bringPrograms } from './bring-programs.js';
import { buildProduct } from './build-product.js';
import { type Batch, runFiles } from './run-files.js';
import { testFiles } from './test-files.js';

const nodes = 3;
const cores = 2;
/** Most of what they do is to wait: for kubelets, leases, deadlines. */
const filesOnCluster = 3;
const timeoutMs = 900_000;
const startedMs = performance.now();

const options = {
  complete: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  name: { type: 'string', default: 'e2e' },
  nightly: { type: 'boolean', default: false },
} as const;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const files = testFiles(positionals, values);
  const kubeconfig = process.env['KUBECONFIG'];
  const needingCluster = [files.cluster, files.clusterWide, files.clusterAlone].flat();
  const own = kubeconfig === undefined && needingCluster.length > 0 ? new OwnCluster(values) : null;
  async function* batches(): AsyncGenerator<Batch> {
    const takeBack = leaveAuthoritiesToNpm(process.env);
    yield [{ files: files.alone, concurrency: 1, timeoutMs }];
    takeBack();
    await own?.makeParts();
    await bringPrograms(files.besideCluster, clusterPrograms);
    await bringPrograms(files.cluster, operatorPrograms);
    // A cluster of ours, by the lines of `npm run cluster -- env`, has its images.
    if (needingCluster.length > 0 && kubeconfig !== undefined && process.env[clusterVariable] === undefined)
      await loadImages(kubeconfig, say);
    await own?.bringUp();
    // Once, and not by several files at the same time.
    if (needingCluster.length > 0 && needsCluster() === false) await install(clusterAtHand().kubectl);
    leaveAuthoritiesToNpm(process.env);
    yield [{ files: files.cluster, concurrency: filesOnCluster, timeoutMs }];
    yield [
      { files: files.clusterWide, concurrency: 1, timeoutMs },
      { files: files.besideCluster, concurrency: cores, timeoutMs },
    ];
    yield [{ files: files.clusterAlone, concurrency: 1, timeoutMs }];
  }
  const stop = new AbortController();
  const stopped = stopsBy(stop);
  await buildProduct();
  try {
    return await Promise.race([stopped, runFiles(batches(), { ...values, signal: stop.signal })]);
  } finally {
    await own?.takeDown();
  }
}

/** Resolves with the exit code when somebody asks for the end. */
function stopsBy(stop: AbortController): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        stop.abort();
        resolve(exitCode.signalled + constants.signals[signal]);
      });
  });
}

class OwnCluster {
  #parts: ClusterImages | undefined;
  #isToGo = false;

  constructor(readonly options: { readonly keep: boolean; readonly name: string }) {}

  /** All at once, where a cluster can be brought up. */
  async makeParts(): Promise<void> {
    const lack = await whyNoCluster();
    if (lack === null) this.#parts = await makeParts(say);
    else say(`no cluster can be brought up here: ${lack}`);
  }

  async bringUp(): Promise<void> {
    const { keep, name } = this.options;
    if (this.#parts === undefined) return;
    const kept = keep ? Cluster.find(name) : null;
    this.#isToGo = !keep;
    const cluster =
      kept === null
        ? await prepareCluster({ name, nodes, keep, say }, this.#parts)
        : renewCluster(kept, this.#parts);
    process.env['KUBECONFIG'] = cluster.kubeconfig;
    process.env[clusterVariable] = name;
  }

  /** Also one that is coming up: that fails then, and leaves nothing either. */
  async takeDown(): Promise<void> {
    if (this.#isToGo) await Cluster.down(this.options.name);
  }
}

function say(line: string): void {
  console.log(`setup: ${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${line}`);
}

process.exit(await main(process.argv.slice(2)));
