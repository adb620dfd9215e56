/** `arm` on a pod of a cluster: an annotation, judged here first. */
import { systemClock } from '../../core/clock.js';
import { faultPrefix } from '../../core/keys.js';
import { faultNameRule, isFaultName } from '../../faults/fault-name.js';
import { format } from '../../faults/format.js';
import { parse } from '../../faults/parse.js';
import { outOfReach } from '../../webhook/faults/out-of-reach.js';
import { BadInput, badSentence, type InputProblem } from '../bad-input.js';
import type { ShownFault } from '../client/answers.js';
import { exitCode } from '../exit-code.js';
import { type Console, printJson } from '../terminal/console.js';
import { refusalLines } from '../terminal/fault-table.js';
import { timeLeft } from '../terminal/time-left.js';
import { wrap } from '../terminal/wrap.js';
import { annotatedFault, annotateFaults, type Confirmation, confirm } from './annotate-faults.js';
import type { NamespaceFlags } from './cluster-flags.js';
import { type ClusterPod, podKey } from './cluster-pod.js';
import { checkFaultable, findPod } from './find-pod.js';
import { type Cluster, openCluster } from './open-cluster.js';
import { faultsOfPod } from './pod-faults.js';
import { isInsideCluster, SidecarReader } from './sidecar-reader.js';

export interface ArmInPodFlags extends NamespaceFlags {
  readonly name?: string;
}

interface Wanted {
  readonly name: string;
  readonly sentence: string;
}

/** Resolves with the exit code. */
export async function armInPod(
  podName: string,
  words: readonly string[],
  flags: ArmInPodFlags,
  console: Console,
): Promise<number> {
  const { name, sentence, warnings } = judged(words, flags);
  const cluster = await openCluster(flags);
  const pod = await findPod(cluster, podName);
  await checkFaultable(cluster, pod);
  for (const warning of warnings(pod)) console.err.line(`${console.err.ink.yellow('note:')} ${warning}`);
  const reader = new SidecarReader(cluster, isInsideCluster(console.env));
  const confirmation = await set(cluster, reader, pod, { name, sentence });
  return tell(pod, { name, sentence }, confirmation, console);
}

/** Throws `BadInput` with every problem. */
function judged(
  words: readonly string[],
  { name }: ArmInPodFlags,
): Wanted & { warnings(pod: ClusterPod): readonly string[] } {
  const sentence = words.join(' ');
  const parsed = parse(sentence);
  const problems: InputProblem[] = [];
  if (name === undefined)
    problems.push({ subject: '--name', message: 'expected what the fault is called from now on' });
  else if (!isFaultName(name))
    problems.push({ subject: '--name', message: `"${name}" cannot be one: ${faultNameRule}` });
  if (parsed.kind === 'problems') problems.push(badSentence('SENTENCE', sentence, parsed.problems));
  if (problems.length > 0 || name === undefined || parsed.kind === 'problems') throw new BadInput(problems);
  const fault = { key: faultPrefix + name, fault: parsed.fault };
  return {
    name,
    sentence,
    warnings: ({ annotations }) => outOfReach([fault], new Map(Object.entries(annotations))),
  };
}

/** The same sentence as there is already changes nothing: where its fault is over, it is taken away first. */
async function set(
  { api }: Cluster,
  reader: SidecarReader,
  pod: ClusterPod,
  { name, sentence }: Wanted,
): Promise<Confirmation> {
  let before = await listed(reader, pod, name);
  const annotated = pod.annotated.get(name);
  if (annotated !== undefined && canonical(annotated) === canonical(sentence)) {
    if (before?.state === 'armed') return { kind: 'seen', faults: [before] };
    await annotateFaults(api, pod, { [name]: null });
    await confirm(reader, pod, (faults) => annotatedFault(faults, name) === undefined);
    before = undefined;
  }
  await annotateFaults(api, pod, { [name]: sentence });
  return confirm(reader, pod, (faults) => {
    const now = annotatedFault(faults, name);
    return now !== undefined && (now.sentence !== before?.sentence || now.startedAt !== before.startedAt);
  });
}

async function listed(reader: SidecarReader, pod: ClusterPod, name: string): Promise<ShownFault | undefined> {
  const answer = await reader.faultsOf(pod);
  return answer.kind === 'faults' ? annotatedFault(answer.faults, name) : undefined;
}

function canonical(sentence: string): string {
  const parsed = parse(sentence);
  return parsed.kind === 'fault' ? format(parsed.fault) : sentence;
}

function tell(
  pod: ClusterPod,
  { name, sentence }: Wanted,
  confirmation: Confirmation,
  console: Console,
): number {
  const { out, err, json } = console;
  const annotated = { ...pod, annotated: new Map([[name, sentence]]) };
  const answer =
    confirmation.kind === 'seen'
      ? { kind: 'faults' as const, faults: confirmation.faults }
      : { kind: 'unknown' as const, why: confirmation.why };
  const { faults, unknown, ...where } = faultsOfPod(annotated, answer, systemClock.wallMs());
  const fault = faults.find((one) => one.source === 'annotation' && one.name === name);
  const code = fault?.state === 'refused' ? exitCode.failed : exitCode.done;
  if (json) {
    printJson(out, { ...where, unknown, fault });
    return code;
  }
  const seen = confirmation.kind === 'seen' ? annotatedFault(confirmation.faults, name) : undefined;
  out.line(
    `${out.ink.bold(name)} ${seen?.state ?? 'annotated'} in ${podKey(pod)}: ${seen?.sentence ?? sentence}`,
  );
  if (seen?.explanation != null) out.line(wrap(seen.explanation, Math.min(out.columns, 100), '  '));
  if (seen?.state === 'armed')
    out.line(
      `  ${timeLeft(seen.remainingMs)} left; sooner with: havock8s disarm ${pod.name} ${name} -n ${pod.namespace}`,
    );
  if (unknown !== null) err.line(`${err.ink.yellow('note:')} whether it is armed is unknown: ${unknown}`);
  for (const line of seen === undefined ? [] : refusalLines([seen], err)) err.line(line);
  return code;
}
