/** A sentence with a mistake, which the webhook does not let into the cluster. */
import { HavocError } from '../../core/havoc-error.js';
import { annotating } from './pod-sidecar.js';
import type { TypedKubectl } from './typed-kubectl.js';

const mistaken = 'disk latensy 60ms on fsync';

/** Rejects with `demo.failed` when it is let in. */
export async function refuseMistake(kubectl: TypedKubectl, pod: string): Promise<void> {
  const { code } = await kubectl.attempt(annotating(pod, 'slow-wal', mistaken));
  if (code === 0) throw new HavocError('demo.failed', `"${mistaken}" was let in: the webhook was not asked`);
}
