/** The last words of a run: its verdict, and where more is to be read. */
import type { Judgement } from '../../../experiment/verdict.js';
import { type Console, printJson } from '../../terminal/console.js';
import { wrap } from '../../terminal/wrap.js';
import type { WrittenReports } from '../report/report-files.js';

export interface Told extends WrittenReports {
  readonly experiment: string;
  /** Of a run in a cluster. */
  readonly namespace?: string;
  readonly journal: string;
}

export function tellVerdict(judgement: Judgement, told: Told, { json, out }: Console): void {
  if (json) {
    printJson(out, { ...told, ...judgement });
    return;
  }
  const { verdict, reason, message, data, deviated } = judgement;
  const ink = verdict === 'Passed' ? out.ink.green : out.ink.red;
  out.line(`\n${ink(out.ink.bold(verdict))}  ${reason}`);
  out.line(wrap(message, Math.min(out.columns, 100), '  '));
  out.line(`  ${out.ink.dim('data')}       ${data}`);
  out.line(`  ${out.ink.dim('deviated')}   ${deviated ? 'yes: a probe failed while faults were on' : 'no'}`);
  out.line(`  ${out.ink.dim('journal')}    ${told.journal}`);
  if (told.report !== null) out.line(`  ${out.ink.dim('report')}     ${told.report}`);
  if (told.junit !== null) out.line(`  ${out.ink.dim('junit')}      ${told.junit}`);
}
