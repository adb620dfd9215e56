/**
 * The programs of Kubernetes, and of operators, that tests run. Servers are built from their Go modules: a folder with a
 * go.mod and a go.sum names the versions, and the cache, which outlives the checkout, is keyed by what goes into the build.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot } from '../cache-root.js';
import { shippedFolder, shippedPrograms } from './kubectl-and-helm.js';

export interface GoModule {
  /** The folder of its go.mod below dev/cluster/go. */
  readonly name: string;
  readonly linkerFlags: string;
  /** Package path of each program. */
  readonly programs: Readonly<Record<string, string>>;
}

const kubernetesVersion = 'v1.34.4';
const version = 'k8s.io/component-base/version';

/** Operator and instance manager are one program. */
export const cloudNativePg: GoModule = {
  name: 'cloudnative-pg',
  linkerFlags: '-s -w',
  programs: { manager: 'github.com/cloudnative-pg/cloudnative-pg/cmd/manager' },
};

export const goModules: readonly GoModule[] = [
  {
    name: 'kubernetes',
    linkerFlags: `-s -w -X ${version}.gitVersion=${kubernetesVersion} -X ${version}.gitMajor=1 -X ${version}.gitMinor=34`,
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
    },
  },
  { name: 'coredns', linkerFlags: '-s -w', programs: { coredns: 'github.com/coredns/coredns' } },
  cloudNativePg,
];

export const clusterPrograms = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubelet',
  'coredns',
  ...shippedPrograms,
] as const;
/** Of operators that nobody here wrote: built only where a test needs one. */
export const operatorPrograms = ['manager'] as const;
export type ClusterProgram = (typeof clusterPrograms | typeof operatorPrograms)[number];

export function programPath(program: ClusterProgram): string {
  const module = goModules.find(({ programs }) => program in programs);
  return join(module === undefined ? shippedFolder() : cacheFolder(module), program);
}

export const isBuilt = (program: ClusterProgram): boolean => existsSync(programPath(program));

export const moduleFolder = ({ name }: GoModule): string =>
  fileURLToPath(new URL(`../../../dev/cluster/go/${name}`, import.meta.url));

export function cacheFolder(module: GoModule): string {
  const hash = createHash('sha256').update(JSON.stringify([module, process.arch]));
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder(module), file)));
  return join(cacheRoot(), `${module.name}-${hash.digest('hex').slice(0, 16)}`);
}
