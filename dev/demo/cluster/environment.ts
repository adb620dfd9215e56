/** The cluster as the environment: two pods, the sidecar of the first, and actions of which each is a line that anybody can type. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '../../cluster/cluster.js';
import { Kubectl } from '../../cluster/kubectl.js';
import { type Action, told } from '../action.js';
import { type Environment, type EnvironmentOptions, prepare } from '../environment.js';
import { openServerLog, type ServerLog } from '../server-log.js';
import { timelineOf } from '../timeline.js';
import { crashPod } from './crash-pod.js';
import { openDatabases } from './databases.js';
import { armingCommand, podInjector } from './injector.js';
import { container, primary, replica } from './names.js';
import { deleteFrozen, freezing } from './pod-deletion.js';
import { followLog } from './pod-log.js';
import { refuseMistake } from './refuse-mistake.js';
import { TypedKubectl } from './typed-kubectl.js';

export interface ClusterEnvironmentOptions extends EnvironmentOptions {
  readonly clusterName: string;
  readonly quick: boolean;
}

/** Where the demo says what happens in an action. */
const tellColumn = 20;

export async function openClusterEnvironment(options: ClusterEnvironmentOptions): Promise<Environment> {
  const { clusterName, quick, screen, signal } = options;
  const cluster = Cluster.find(clusterName);
  if (cluster === null) throw new TypeError(`${clusterName} is not up`);
  const kubectl = new TypedKubectl(ownKubectl(cluster, options), screen);
  const pair = await openDatabases(kubectl, cluster);
  signal.throwIfAborted();
  const log = openLog(kubectl, options, primary);
  openLog(kubectl, options, replica);
  const { version, tableFile } = await prepare(pair, signal);
  const shown = kubectl.indented(tellColumn);
  const injector = podInjector(shown, primary);
  await refuseMistake(kubectl, screen, primary);
  const perform = (): Promise<string> => deleteFrozen(shown, injector, primary);
  const deletion = {
    kind: 'own',
    told: `kubectl delete pod ${primary}, under ${freezing}`,
    perform,
  } as const;
  return {
    pair,
    log,
    injector,
    version,
    ...timelineOf({ tableFile, cutOff: `tcp partition with ${replica} for 6s`, deletion, quick }),
    subject: 'in Kubernetes, on a disk and a network that misbehave',
    tell,
    crash: () => crashPod(kubectl, primary),
  };
}

const tell = (action: Action): string =>
  'sentence' in action.disturbance
    ? `$ ${armingCommand(primary, action.name, action.disturbance.sentence)}`
    : told(action);

/** With a kubeconfig of its own: the demo changes its namespace, as a person does. */
function ownKubectl({ kubeconfig }: Cluster, { closing }: EnvironmentOptions): Kubectl {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-demo-'));
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const own = join(folder, 'kubeconfig');
  copyFileSync(kubeconfig, own);
  return new Kubectl(own);
}

function openLog({ quietly }: TypedKubectl, { screen, closing }: EnvironmentOptions, pod: string): ServerLog {
  const log = openServerLog((line) => screen.say(`  ${screen.ink.dim(`${pod}: ${line}`)}`));
  const { close } = followLog({ kubeconfig: quietly.kubeconfig, pod, container, onLine: log.note });
  closing.defer(close);
  return log;
}
