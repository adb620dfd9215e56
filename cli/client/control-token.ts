/** What a pod's control endpoint wants from whoever changes faults: HAVOCK8S_CONTROL_TOKEN, else the file that its sidecar sees. */
import { readFileSync } from 'node:fs';
import { path } from '../../core/pod-layout.js';

export const tokenVariable = 'HAVOCK8S_CONTROL_TOKEN';

/** Null where there is none: outside a pod none is needed. */
export function controlToken(env: NodeJS.ProcessEnv): string | null {
  const given = env[tokenVariable];
  if (given) return given;
  try {
    return readFileSync(path.controlToken, 'utf8').trim();
  } catch {
    return null;
  }
}
