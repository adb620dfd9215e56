/** Check `fuse`: can the device be opened, and may this user mount? */
import { HavocError } from '../../../core/havoc-error.js';
import { mayMount } from '../../commands/local/capabilities.js';
import { checkFuse } from '../../commands/local/check-fuse.js';
import { checkNamespace } from '../../commands/local/namespace.js';
import type { Check } from '../check.js';
import { doctorLimits } from '../doctor-limits.js';
import { broken, type Judgement, ok } from '../finding.js';

export interface FuseFacts {
  /** Why the device cannot be opened: a sentence, and lines of advice; null: it can. */
  readonly device: string | null;
  readonly mount: 'root' | 'namespace' | 'none';
  /** Why no namespace could be made either. */
  readonly refusal: string | null;
}

export const fuseDevice: Check = { name: 'fuse', look: () => judgeFuse(gather()) };

function gather(): FuseFacts {
  const device = messageOf(() => checkFuse());
  if (mayMount()) return { device, mount: 'root', refusal: null };
  const refusal = messageOf(() => checkNamespace(doctorLimits.childMs));
  return { device, mount: refusal === null ? 'namespace' : 'none', refusal };
}

function messageOf(attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof HavocError) return error.message;
    throw error;
  }
}

export function judgeFuse({ device, mount, refusal }: FuseFacts): readonly Judgement[] {
  const troubles: Judgement[] = [];
  if (device !== null)
    troubles.push(refused(device, 'no volume can be mounted here, so there are no disk faults'));
  if (mount === 'none')
    troubles.push(refused(refusal ?? '', 'nobody here may mount, so there are no disk faults'));
  if (troubles.length > 0) return troubles;
  return [ok(`/dev/fuse opens; mounting ${mount === 'root' ? 'is allowed' : 'works in a user namespace'}`)];
}

function refused(message: string, follows: string): Judgement {
  const [found = '', ...mend] = message.split('\n');
  return broken({ found, follows, mend });
}
