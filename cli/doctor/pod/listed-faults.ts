/** Check `faults`: those that are armed and never hit anything, that were refused, that are over. */

import { wayOut } from '../../../faults/way-out.js';
import type { ShownFault } from '../../client/answers.js';
import type { Check } from '../check.js';
import { broken, count, type Judgement, ok, unknown, warning } from '../finding.js';
import type { SidecarAnswers } from './sidecar-answers.js';

export const listedFaults = (answers: Promise<SidecarAnswers>): Check => ({
  name: 'faults',
  look: async () => {
    const told = await answers;
    return told.kind === 'answered'
      ? judgeFaultList(told.faults, Date.now())
      : [unknown({ found: `the control endpoint does not answer: ${told.why}` })];
  },
});

/** Before, that nothing has matched says nothing. */
const patienceMs = 10_000;

export function judgeFaultList(faults: readonly ShownFault[], nowMs: number): readonly Judgement[] {
  if (faults.length === 0) return [ok('none is listed')];
  const troubles = faults.flatMap((fault) => judgeFault(fault, nowMs));
  const hitting = faults.filter(({ tallies }) => tallies.injected > 0).length;
  const armed = faults.filter(({ state }) => state === 'armed').length;
  const sum = ok(`${count(faults.length, 'fault')} listed, ${armed} armed, ${hitting} that hit`);
  return [...troubles, ...(troubles.length === 0 ? [sum] : [])];
}

function judgeFault(fault: ShownFault, nowMs: number): readonly Judgement[] {
  const { name: subject, state, tallies, sentence, remarks, startedAt } = fault;
  const remarked = remarks.map((found) => warning({ subject, found, mend: ['havock8s ls'] }));
  if (state === 'refused') return [refused(fault), ...remarked];
  const armedMs = startedAt === null ? 0 : nowMs - Date.parse(startedAt);
  if (state === 'armed' && tallies.matched === 0 && armedMs > patienceMs)
    return [
      warning({
        subject,
        found: `armed for ${Math.round(armedMs / 1000)} s, and nothing matched: ${sentence}`,
        follows: 'nothing that was done is what the sentence says',
        mend: [
          `havock8s explain '${sentence}'`,
          'compare its clauses (on, in, volume, port, from) with havock8s status',
        ],
      }),
      ...remarked,
    ];
  if (state === 'expired' && tallies.injected === 0)
    return [
      warning({
        subject,
        found: `it is over, and never hit anything: ${sentence}`,
        follows: 'an experiment with it proves nothing',
        mend: ['to arm it again: remove its annotation, and set it again'],
      }),
      ...remarked,
    ];
  return remarked;
}

function refused({ name: subject, sentence, problems }: ShownFault): Judgement {
  const what = problems.map((problem) => `column ${problem.column}: ${wayOut(problem)}`).join('; ');
  return broken({
    subject,
    found: `refused: ${what || 'no reason given'}`,
    follows: 'it does nothing at all',
    mend: [`havock8s explain '${sentence}'`],
  });
}
