/** CloudNativePG as its users install it, by the manifests of its own module, but for whose image it is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  cloudNativePgArchive,
  cloudNativePgKustomization,
} from '../../../../dev/cluster/images/cloudnative-pg.js';
import { cloudNativePgImage } from '../../../../dev/cluster/images/references.js';
import type { Environment } from '../../environment.js';

const system = 'cnpg-system';
const operator = 'deployment/cnpg-controller-manager';
const readyS = 180;

/** What its manifests say does not pull an image that nodes have, and lets the operator have a tenth of a core. */
const ofATest = [
  { op: 'replace', path: '/spec/template/spec/containers/0/imagePullPolicy', value: 'Never' },
  { op: 'remove', path: '/spec/template/spec/containers/0/resources/limits/cpu' },
];

/** Resolves when the operator is Ready, with what takes it away. */
export async function installOperator(
  { own, cluster }: Environment,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  own.load(await cloudNativePgArchive(say));
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-kustomize-'));
  // Paths of a kustomization are relative. JSON is YAML.
  const kustomization = {
    resources: [relative(folder, await cloudNativePgKustomization())],
    images: [{ name: 'controller', newName: cloudNativePgImage.name, newTag: cloudNativePgImage.tag }],
    patches: [{ target: { kind: 'Deployment' }, patch: JSON.stringify(ofATest) }],
  };
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  // Its largest CRD does not fit into the annotation that a plain apply writes.
  await cluster.succeed(['apply', '--server-side', `--kustomize=${folder}`]);
  await cluster.succeed(['rollout', 'status', operator, `--namespace=${system}`, `--timeout=${readyS}s`]);
  return async () => {
    await cluster.succeed([
      ...['delete', `--kustomize=${folder}`, '--ignore-not-found', `--timeout=${readyS}s`],
    ]);
    rmSync(folder, { recursive: true });
  };
}
