/** Has the database settled: one writable primary, and everybody else a replica that answers? Asked of each pod. */
import { assertNever } from '../../../../core/assert-never.js';
import { describePod, describeState, type PodRole, type RoleReading } from './role.js';

export type Settled =
  | { readonly kind: 'settled'; readonly primaries: readonly string[] }
  /** `why` is a sentence without a full stop. */
  | { readonly kind: 'unsettled'; readonly why: string };

/** Labels and operators may be late, and none of them knows who takes writes: so only the database's own word counts. */
export function settled(reading: RoleReading): Settled {
  const { state, pods } = reading;
  if (state.kind !== 'one') return { kind: 'unsettled', why: describeState(reading) };
  const why = [...pods].flatMap(([name, role]) => unsettledPod(name, role) ?? []);
  return why.length === 0
    ? { kind: 'settled', primaries: state.primaries }
    : { kind: 'unsettled', why: why.join('; ') };
}

function unsettledPod(name: string, role: PodRole): string | null {
  switch (role.kind) {
    case 'primary':
    case 'replica':
      return unsettledMember(name, role);
    case 'none':
      return role.isOther ? null : describePod(name, role);
    case 'unknown':
      return describePod(name, role);
    default:
      return assertNever(role);
  }
}

function unsettledMember(
  name: string,
  role: Extract<PodRole, { kind: 'primary' | 'replica' }>,
): string | null {
  if (role.writable === null)
    return `${name} is called ${role.kind} by ${role.from === 'label' ? 'a label' : 'its operator'}, and the database was not asked`;
  if (role.kind === 'primary' && !role.writable)
    return `${name} is the primary and takes no writes (${role.seen})`;
  return role.kind === 'replica' && role.writable
    ? `${name} is a replica that takes writes (${role.seen})`
    : null;
}
