/** One word of the language, looked up: `read` is a group of operations, `corrupt` an effect of disk or TCP. */
import type {
  ClauseReference,
  EffectReference,
  ErrnoReference,
  GroupReference,
  Reference,
} from '../../../faults/reference.js';

export type Entry =
  | ({ readonly kind: 'effect' } & EffectReference)
  | ({ readonly kind: 'clause' } & ClauseReference)
  | ({ readonly kind: 'group' } & GroupReference)
  | ({ readonly kind: 'operation' } & OperationReference)
  | ({ readonly kind: 'errno' } & ErrnoReference);

export interface OperationReference {
  readonly name: string;
  /** The groups that it is part of. */
  readonly groups: readonly string[];
}

export function findEntries(reference: Reference, name: string): readonly Entry[] {
  const sought = name.toLowerCase();
  return entriesOf(reference).filter((entry) => entry.name.toLowerCase() === sought);
}

export function referenceNames(reference: Reference): readonly string[] {
  return entriesOf(reference).map(({ name }) => name);
}

function entriesOf({ effects, clauses, groups, operations, errnos }: Reference): readonly Entry[] {
  return [
    ...effects.map((entry) => ({ kind: 'effect' as const, ...entry })),
    ...clauses.map((entry) => ({ kind: 'clause' as const, ...entry })),
    ...groups.map((entry) => ({ kind: 'group' as const, ...entry })),
    ...operations.map((name) => ({ kind: 'operation' as const, name, groups: groupsWith(name, groups) })),
    ...errnos.map((entry) => ({ kind: 'errno' as const, ...entry })),
  ];
}

function groupsWith(operation: string, groups: readonly GroupReference[]): readonly string[] {
  return groups.filter(({ operations }) => operations.includes(operation)).map(({ name }) => name);
}
