/** The cluster that the demo is played on: one of its own, that ends with it, or one that is there and stays. */
import { HavocError } from '../../core/havoc-error.js';
import { removeLocalVolumes } from '../../test/e2e/local-volumes.js';
import { Cluster, clusterVariable } from '../cluster/cluster.js';
import { prepareCluster } from '../cluster/prepare-cluster.js';
import { whyNoCluster } from '../cluster/why-no-cluster.js';
import { namespace } from './names.js';

export interface Setup {
  open(): Promise<Cluster>;
  /** Leaves nothing of the demo, whatever state it is in. */
  close(): Promise<void>;
}

const own = 'demo';
const nodes = 3;
const deleteS = 120;

/** `name` is that of a cluster that is there; without one it brings up its own. */
export const setupOn = (name: string | undefined, say: (line: string) => void): Setup =>
  name === undefined ? ownSetup(say) : setupAtHand(name);

function ownSetup(say: (line: string) => void): Setup {
  let isOurs = false;
  return {
    open: async () => {
      const lack = await whyNoCluster();
      if (lack !== null)
        throw new HavocError(
          'demo.lacks',
          `no cluster can be brought up here: ${lack}. \`npm run demo\` needs none, nor root`,
        );
      if (Cluster.find(own) !== null)
        throw new HavocError('demo.lacks', 'another demo is on its cluster already: there is one at a time');
      isOurs = true;
      say('a cluster of three nodes: what is built and downloaded for it is so once, in minutes');
      return prepareCluster({ name: own, nodes, keep: false, say });
    },
    close: async () => {
      if (isOurs) await Cluster.down(own);
    },
  };
}

function setupAtHand(name: string): Setup {
  const cluster = Cluster.find(name);
  return {
    open: async () => {
      if (cluster !== null) return cluster;
      throw new HavocError(
        'demo.lacks',
        `${clusterVariable} names ${name}, which is not up: npm run cluster -- --name ${name} up`,
      );
    },
    close: async () => {
      if (cluster === null) return;
      const gone = ['delete', 'namespace', namespace, '--ignore-not-found', `--timeout=${deleteS}s`];
      await cluster.kubectl.succeed(gone);
      await removeLocalVolumes(cluster.kubectl, cluster, namespace);
    },
  };
}
