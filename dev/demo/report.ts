/** The end of the demo, in words: what every acknowledged row did. */
import type { Ink } from '../../cli/terminal/ink.js';
import { type Audit, isWhole } from './audit.js';

export interface Audits {
  readonly primary: Audit;
  readonly replica: Audit;
  /** Had the replica all that was written, before it was read? */
  readonly isLevel: boolean;
}

export interface Incidents {
  /** How often PostgreSQL had to recover from a crash, the last one on purpose. */
  readonly recoveries: number;
}

export const areWhole = ({ primary, replica, isLevel }: Audits): boolean =>
  isLevel && isWhole(primary) && isWhole(replica);

export function verdict({ primary, replica }: Audits): string {
  return `${amount(primary.acknowledged)} transactions acknowledged: ${found(primary)}; on the replica: ${found(replica)}`;
}

const found = ({ present, lost, wrong }: Audit): string =>
  `${amount(present)} present, ${amount(lost)} lost, ${amount(wrong)} wrong`;

export function reportLines(audits: Audits, { recoveries }: Incidents, ink: Ink): readonly string[] {
  const { primary, replica } = audits;
  const { acknowledged, present, refused, unknown } = primary;
  const row = (name: string, count: number, note = ''): string =>
    `  ${name.padEnd(13)} ${amount(count).padStart(8)}   ${ink.dim(note)}`.trimEnd();
  const faultless = ({ lost, wrong, wrongBalances }: Audit): readonly string[] =>
    [
      { name: 'lost', count: lost },
      { name: 'wrong', count: wrong },
      { name: 'balances off', count: wrongBalances, note: 'accounts that are not the sum of their rows' },
    ].map(({ name, count, note }) => (count === 0 ? ink.green : ink.red)(row(name, count, note)));
  return [
    ink.bold(headline(audits)),
    row('acknowledged', acknowledged, 'transactions whose COMMIT was answered'),
    row('present', present, 'read back after one more crash, each row as it was written'),
    ...faultless(primary),
    row('on replica', replica.present, 'read back there, too, each row as it was written'),
    ...faultless(replica),
    row('refused', refused, 'the database said no, and none of them is there'),
    row('unknown', unknown.there + unknown.gone, unknownNote(unknown)),
    row('recoveries', recoveries, 'PostgreSQL came back from a crash, the last one on purpose'),
  ];
}

function headline({ primary, replica, isLevel }: Audits): string {
  if (!isWhole(primary)) return 'ACKNOWLEDGED DATA IS GONE.';
  if (!isLevel) return 'THE REPLICA DID NOT CATCH UP IN TIME, AND WAS READ AS IT IS.';
  if (!isWhole(replica)) return 'ACKNOWLEDGED DATA IS MISSING ON THE REPLICA.';
  return 'Nothing that was acknowledged is gone.';
}

const unknownNote = ({ there, gone }: Audit['unknown']): string =>
  `the connection broke before the answer: ${amount(there)} there, ${amount(gone)} not, both right`;

const amount = (value: number): string => value.toLocaleString('en-US');
