/** The namespace of the pod that this process runs in. */
import { readFileSync } from 'node:fs';

/** Of the pod's own service account. */
const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Undefined: this is no pod. */
export function ownNamespace(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return env['POD_NAMESPACE'] ?? readFileSync(namespaceFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}
