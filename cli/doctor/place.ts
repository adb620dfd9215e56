/** Where the doctor is, found out by itself, as its first line says it. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { programVersion } from '../../core/program-version.js';
import { isElsewhere } from './machine/served-mounts.js';
import { findPod, type PodPlace } from './pod/pod-place.js';

export type Place =
  | { readonly kind: 'machine'; readonly says: string }
  | { readonly kind: 'pod'; readonly says: string; readonly pod: PodPlace }
  | { readonly kind: 'cluster'; readonly says: string };

export function findPlace(root: string): Place {
  const pod = findPod(root);
  const user = process.getuid?.() === 0 ? 'root' : `user ${process.getuid?.()}`;
  const on = `Linux ${release()}, as ${user}, havock8s ${programVersion()}`;
  if (pod !== null)
    return { kind: 'pod', pod, says: `in container ${pod.container} of an injected pod: ${on}` };
  return { kind: 'machine', says: `${whichMachine()}: ${on}` };
}

function whichMachine(): string {
  if (isElsewhere())
    return "in a container that sees this node's processes, and through process 1 its mounts";
  if (existsSync('/.dockerenv') || process.env['KUBERNETES_SERVICE_HOST'] !== undefined)
    return 'in a container';
  return 'on this machine';
}

/** What cannot be seen from there, however healthy the rest is. */
export function beyond({ kind }: Place): readonly string[] {
  if (kind === 'cluster')
    return [
      'what is on a node or in a pod: kubectl exec POD -c havock8s-faults -- havock8s doctor; on a node, havock8s doctor',
      'pods of namespaces that are not opted in, unless --namespace or --all-namespaces says so',
    ];
  if (kind === 'pod')
    return [
      'the other containers, and the node: run it there; the cluster: havock8s doctor --cluster, from where kubectl works',
    ];
  return [
    'mounts, rules and processes of other namespaces (pods; havock8s local without root): nsenter --target PID --mount --net havock8s doctor',
  ];
}
