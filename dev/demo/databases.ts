/** The StatefulSet as a newcomer brings it up: havock8s, a namespace that opts in, a password, two pods. */
import { randomBytes } from 'node:crypto';
import { install } from '../../test/e2e/installation.js';
import { localVolumes } from '../../test/e2e/local-volumes.js';
import type { Cluster } from '../cluster/cluster.js';
import { hostOf, manifest, namespace, primary, replica } from './names.js';
import type { TypedKubectl } from './typed-kubectl.js';

const readyS = 180;
const port = 5432;

/** Where clients reach them. */
export interface Databases {
  readonly url: { readonly primary: string; readonly replica: string };
  readonly password: string;
}

/** Resolves once both are Ready. */
export async function openDatabases(kubectl: TypedKubectl, cluster: Cluster): Promise<Databases> {
  kubectl.show('kubectl apply -k manifests/base');
  await install(kubectl.quietly);
  await kubectl.type(['create', 'namespace', namespace]);
  await kubectl.type(['label', 'namespace', namespace, 'havock8s.io/injection=enabled']);
  await kubectl.type(['config', 'set-context', '--current', `--namespace=${namespace}`]);
  const items = localVolumes(cluster, namespace, 1);
  await kubectl.succeed(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  const password = randomBytes(24).toString('hex');
  kubectl.show('kubectl create secret generic pg --from-literal=password=$(openssl rand -hex 24)');
  await kubectl.succeed(['create', 'secret', 'generic', 'pg', `--from-literal=password=${password}`]);
  await kubectl.type(['apply', '-f', manifest]);
  await kubectl.type(['rollout', 'status', 'statefulset/pg', `--timeout=${readyS}s`]);
  const url = (pod: string) => `postgres://postgres@${hostOf(pod)}:${port}/postgres`;
  return { url: { primary: url(primary), replica: url(replica) }, password };
}
