/**
 * Does a quorum stay when some members are taken? Pure. A member of whose vote nobody knows is counted both ways, and the
 * worse of the two is believed.
 */

export interface Member {
  /** Of the pod, where it is one; otherwise as the database calls it. */
  readonly name: string;
  /** A learner has none, nor has a hidden member that is only a copy. `maybe`: nobody could say. */
  readonly vote: 'yes' | 'no' | 'maybe';
  readonly isHealthy: boolean;
}

export interface Membership {
  /** `of db, a StatefulSet`. */
  readonly of: string;
  readonly members: readonly Member[];
  /** More than a majority, where more is asked for. */
  readonly atLeast?: number;
}

export type QuorumAfter =
  | { readonly kind: 'kept'; readonly left: number; readonly needed: number }
  /** `why` is a sentence without a full stop, with the numbers and the names. */
  | { readonly kind: 'lost'; readonly left: number; readonly needed: number; readonly why: string };

export function quorumAfter(membership: Membership, taken: readonly string[]): QuorumAfter {
  const ways = membership.members.some(({ vote }) => vote === 'maybe') ? [true, false] : [true];
  const [first, ...more] = ways.map((doesVote) => quorumWhere(membership, { taken, doesVote }));
  return (
    [first, ...more].find((way) => way?.kind === 'lost') ?? first ?? { kind: 'kept', left: 0, needed: 0 }
  );
}

export const majorityOf = (members: number): number => Math.floor(members / 2) + 1;

interface Way {
  readonly taken: readonly string[];
  /** Does a member vote of whose vote nobody knows? */
  readonly doesVote: boolean;
}

function quorumWhere({ of, members, atLeast = 0 }: Membership, { taken, doesVote }: Way): QuorumAfter {
  const voters = members.filter(({ vote }) => vote === 'yes' || (vote === 'maybe' && doesVote));
  const needed = Math.max(atLeast, majorityOf(voters.length));
  const healthy = voters.filter(({ isHealthy }) => isHealthy);
  const lost = healthy.filter(({ name }) => taken.includes(name));
  const left = healthy.length - lost.length;
  // What has no vote, or is down already, takes nothing away.
  if (left >= needed || lost.length === 0) return { kind: 'kept', left, needed };
  const counted = `${voters.length} members of ${of} vote, ${healthy.length} healthy${listed(healthy)}`;
  const why =
    healthy.length < needed
      ? `${counted}: there is no quorum already, ${needed} are needed; taking ${namesOf(lost)} would leave ${left}`
      : `${counted}; taking ${namesOf(lost)} leaves ${left}, and ${needed} are needed`;
  return { kind: 'lost', left, needed, why };
}

const listed = (members: readonly Member[]): string => (members.length === 0 ? '' : ` (${namesOf(members)})`);

const namesOf = (members: readonly Member[]): string => members.map(({ name }) => name).join(', ');
