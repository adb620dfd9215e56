/** What a database said of who votes in it. */
import type { EachPod } from '../ask/ask-roles.js';
import type { RolePod } from '../role-pod.js';
import type { Membership } from './quorum-after.js';

export type VotersAsked =
  | { readonly kind: 'members'; readonly membership: Membership }
  /** Nobody could say. `why` is a sentence without a full stop. */
  | { readonly kind: 'unknown'; readonly why: string };

/** `pods` are all of the database, not only those that are to be taken. Never rejects. */
export type AskMembers = (pods: readonly RolePod[], options: EachPod) => Promise<VotersAsked>;
