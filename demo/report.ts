/** The end of the demo, in words: what every acknowledged row did. */
import type { Ink } from '../cli/terminal/ink.js';
import { type Audit, isWhole } from './audit.js';

export interface Incidents {
  /** How often PostgreSQL had to recover from a crash, the last one on purpose. */
  readonly recoveries: number;
}

export function verdict(audit: Audit): string {
  const { acknowledged, present, lost, wrong } = audit;
  return `${amount(acknowledged)} transactions acknowledged: ${amount(present)} present, ${amount(lost)} lost, ${amount(wrong)} wrong`;
}

export function reportLines(audit: Audit, { recoveries }: Incidents, ink: Ink): readonly string[] {
  const { acknowledged, present, lost, wrong, refused, unknown, wrongBalances } = audit;
  const row = (name: string, count: number, note = ''): string =>
    `  ${name.padEnd(13)} ${amount(count).padStart(8)}   ${ink.dim(note)}`.trimEnd();
  const judged = (name: string, count: number, note = ''): string =>
    (count === 0 ? ink.green : ink.red)(row(name, count, note));
  return [
    ink.bold(isWhole(audit) ? 'Nothing that was acknowledged is gone.' : 'ACKNOWLEDGED DATA IS GONE.'),
    row('acknowledged', acknowledged, 'transactions whose COMMIT was answered'),
    row('present', present, 'read back after one more crash, each row as it was written'),
    judged('lost', lost),
    judged('wrong', wrong),
    judged('balances off', wrongBalances, 'accounts that are not the sum of their rows'),
    row('refused', refused, 'the database said no, and none of them is there'),
    row('unknown', unknown.there + unknown.gone, unknownNote(unknown)),
    row('recoveries', recoveries, 'PostgreSQL came back from a crash, the last one on purpose'),
  ];
}

const unknownNote = ({ there, gone }: Audit['unknown']): string =>
  `the connection broke before the answer: ${amount(there)} there, ${amount(gone)} not, both right`;

const amount = (value: number): string => value.toLocaleString('en-US');
