/** Pods for the doctor, injected by the webhook's own code, as they are stored. */
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { admit } from '../../../webhook/admit.js';
import { defaultConfig } from '../../../webhook/injection-config.js';
import { databasePod, type StoredPod } from '../../webhook/pods.js';

export interface InjectedOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly node?: string;
}

export function injectedPod(
  namespace: string,
  name: string,
  { annotations = {}, image = defaultConfig.image, node }: InjectedOptions = {},
): StoredPod {
  const { metadata, spec, ...rest } = databasePod(name, annotations);
  const placed = { ...spec, ...(node === undefined ? {} : { nodeName: node }) };
  const plain = { ...rest, metadata: { ...metadata, namespace }, spec: placed } as StoredPod;
  const admission = admit(plain, {
    context: { namespace, labels: { 'havock8s.io/injection': 'enabled' }, minor: 34 },
    config: { ...defaultConfig, image },
    injector: { by: 'webhook', version: '0.1.0' },
  });
  if (admission.kind !== 'inject') throw new TypeError(`it is not injected: ${admission.reason}`);
  return fastJsonPatch.applyPatch(plain, admission.patch as Operation[]).newDocument;
}
