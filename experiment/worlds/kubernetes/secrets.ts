/** Secrets of a namespace: read by name, only those that somebody lets the controller read, and kept for a moment. */
import type { Clock } from '../../../core/clock.js';
import { HavocError } from '../../../core/havoc-error.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import type { ReadSecret } from '../../secret.js';

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** A probe asks every second; a password that was changed counts soon. */
const keptMs = 10_000;

export function secretsOf(api: KubeApi, namespace: string, clock: Clock): ReadSecret {
  const kept = new Map<string, { readonly atMs: number; readonly object: Promise<SecretObject | null> }>();
  const read = (name: string): Promise<SecretObject | null> => {
    const known = kept.get(name);
    if (known !== undefined && clock.monotonicMs() - known.atMs < keptMs) return known.object;
    const object = api.get<SecretObject>({ resource: resources.secrets, namespace, name });
    kept.set(name, { atMs: clock.monotonicMs(), object });
    object.catch(() => kept.delete(name));
    return object;
  };
  return async ({ secret }) => {
    if (secret === undefined) throw new Error('in a cluster a secret is named by secret: {name, key}');
    const value = (await read(secret.name))?.data?.[secret.key];
    if (value === undefined)
      throw new HavocError('experiment.no-secret', `Secret ${namespace}/${secret.name} has no ${secret.key}`);
    return Buffer.from(value, 'base64').toString('utf8').trim();
  };
}
