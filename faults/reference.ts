/** The whole language as data, for `havock8s effects` and the guide: made from the grammar that parses it. */
import { errnoNames, errnos } from './errno.js';
import type { Fault } from './fault.js';
import { clauseNames, clauses } from './grammar/clauses.js';
import { diskEffectNames, diskEffects } from './grammar/disk-effects.js';
import { type Notation, notations } from './grammar/notations.js';
import { tcpEffectNames, tcpEffects } from './grammar/tcp-effects.js';
import { verbGroups } from './grammar/verb-groups.js';
import { diskVerbs } from './operation.js';

export interface Reference {
  readonly effects: readonly EffectReference[];
  /** In canonical order. */
  readonly clauses: readonly ClauseReference[];
  /** What the capital letters of `syntax` stand for. */
  readonly notations: readonly ({ readonly name: string } & Notation)[];
  readonly groups: readonly GroupReference[];
  readonly operations: readonly string[];
  readonly errnos: readonly ErrnoReference[];
}

export interface EffectReference {
  readonly plane: Fault['plane'];
  readonly name: string;
  readonly syntax: string;
  readonly meaning: string;
  /** A whole sentence. */
  readonly example: string;
  /** What chance and triggers are decided for: operation, connection, chunk or packet. */
  readonly unit: string;
}

export interface ClauseReference {
  readonly name: string;
  readonly syntax: string;
  readonly meaning: string;
  /** A whole sentence. */
  readonly example: string;
  /** The planes that have it. */
  readonly planes: readonly Fault['plane'][];
}

export interface GroupReference {
  readonly name: string;
  readonly meaning: string;
  readonly operations: readonly string[];
}

export interface ErrnoReference {
  readonly name: string;
  readonly number: number;
  readonly meaning: string;
}

export const reference: Reference = {
  effects: [
    ...diskEffectNames.map((name) =>
      effectReference('disk', name, { ...diskEffects[name], unit: 'operation' }),
    ),
    ...tcpEffectNames.map((name) => effectReference('tcp', name, tcpEffects[name])),
  ],
  clauses: clauseNames.map((name) => {
    const { syntax, meaning, example, plane } = clauses[name];
    return { name, syntax, meaning, example, planes: plane === undefined ? ['disk', 'tcp'] : [plane] };
  }),
  notations: Object.entries(notations).map(([name, notation]) => ({ name, ...notation })),
  groups: Object.entries(verbGroups).map(([name, { meaning, verbs }]) => ({
    name,
    meaning,
    operations: verbs,
  })),
  operations: diskVerbs,
  errnos: errnoNames.map((name) => ({ name, ...errnos[name] })),
};

type Described = Pick<EffectReference, 'syntax' | 'meaning' | 'example' | 'unit'>;

function effectReference(plane: Fault['plane'], name: string, described: Described): EffectReference {
  const { syntax, meaning, example, unit } = described;
  return { plane, name, syntax, meaning, example, unit };
}
