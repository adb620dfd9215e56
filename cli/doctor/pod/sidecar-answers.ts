/** What the sidecar says of itself, asked once for all the checks that want it. */
import { HavocError } from '../../../core/havoc-error.js';
import type { ShownFault, ShownStatus } from '../../client/answers.js';
import type { ControlClient } from '../../client/control-client.js';

export type SidecarAnswers =
  | { readonly kind: 'answered'; readonly status: ShownStatus; readonly faults: readonly ShownFault[] }
  | { readonly kind: 'silent'; readonly code: string; readonly why: string };

export async function askSidecar(client: ControlClient): Promise<SidecarAnswers> {
  try {
    const [status, faults] = await Promise.all([client.status(), client.faults()]);
    return { kind: 'answered', status, faults };
  } catch (error) {
    if (!(error instanceof HavocError)) throw error;
    return { kind: 'silent', code: error.code, why: error.message.split('\n')[0] ?? '' };
  }
}
