/** Check `faults`: annotations of pods that are no sentences, or that nobody reads. */

import { faultPrefix } from '../../../core/keys.js';
import { judgeFaults } from '../../../webhook/faults/judge-faults.js';
import { broken, count, type Judgement, ok, warning } from '../finding.js';
import type { ClusterCheck } from './cluster-check.js';
import { isOver, podWords, type SeenPod, subjectOf } from './seen-pod.js';

export const annotatedFaults: ClusterCheck = {
  name: 'faults',
  look: async (cluster) => judgeAnnotatedFaults(await cluster.pods()),
};

export function judgeAnnotatedFaults(pods: readonly SeenPod[]): readonly Judgement[] {
  const faulted = pods.filter((pod) => !isOver(pod) && keysOf(pod).length > 0);
  const troubles = faulted.flatMap(judgePod);
  if (troubles.length > 0) return troubles;
  const faults = faulted.flatMap(keysOf).length;
  return [
    ok(
      `${count(faults, 'fault')} annotated on ${count(faulted.length, 'pod')}, and all are sentences that can hit`,
    ),
  ];
}

const keysOf = ({ annotations }: SeenPod): readonly string[] =>
  Object.keys(annotations).filter((key) => key.startsWith(faultPrefix));

/** As the webhook judges what is set; some may have been set while it was away. */
function judgePod(pod: SeenPod): readonly Judgement[] {
  const subject = subjectOf(pod);
  const judged = judgeFaults({ object: pod.object, oldObject: null });
  if (judged.kind === 'allow')
    return judged.warnings.map((found) =>
      warning({
        subject,
        found,
        follows: 'it does nothing',
        mend: ['docs/operate/troubleshooting.md: "A fault is armed and never hits"'],
      }),
    );
  return judged.problems.map(({ key, column, message }) =>
    broken({
      subject,
      found: `${key}: ${column === null ? '' : `column ${column}: `}${message}`,
      follows: 'the whole sentence does nothing',
      mend: [
        `kubectl annotate ${podWords(pod)} ${key}='SENTENCE' --overwrite; or to remove it: kubectl annotate ${podWords(pod)} ${key}-`,
      ],
    }),
  );
}
