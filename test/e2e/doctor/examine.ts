/** `havock8s doctor`, run where its users run it. */
import { dirname } from 'node:path';
import { programPath } from '../../../dev/cluster/binaries.js';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { type Examined, examine, type ShownFinding } from '../../cli/doctor/examined.js';
import type { Environment } from '../environment.js';

export const examineNode = ({ machine }: ClusterNode): Promise<Examined> =>
  examine(machine.enclosure.entering([]));

/** Pods of the environment's namespace. */
export const examineCluster = ({ cluster, namespace }: Environment): Promise<Examined> => {
  const env = { ...process.env, PATH: `${dirname(programPath('kubectl'))}:${process.env['PATH']}` };
  const flags = ['--cluster', `--kubeconfig=${cluster.kubeconfig}`, `--namespace=${namespace}`];
  return examine([], flags, env);
};

/** What it found in a container of a pod, and its exit code. */
export async function examinePod(
  environment: Environment,
  pod: string,
  container: string,
): Promise<Pick<Examined, 'code' | 'findings'>> {
  const command = ['havock8s', 'doctor', '--output=json'];
  const { code, stdout } = await environment.run(['exec', pod, `--container=${container}`, '--', ...command]);
  return { code, findings: (JSON.parse(stdout) as Pick<Examined, 'findings'>).findings };
}

export const broken = ({ findings }: Pick<Examined, 'findings'>): readonly ShownFinding[] =>
  findings.filter(({ verdict }) => verdict === 'broken');

/** Fails where there is nothing of the kind. */
export function brokenAbout(examined: Examined, check: string): ShownFinding {
  const found = broken(examined).find((finding) => finding.check === check);
  if (found === undefined)
    throw new Error(`nothing broken about ${check}: ${JSON.stringify(examined.findings)}`);
  return found;
}

/** The command after the words of an advice, as a person would copy it. */
export function commandOf({ do: advice }: ShownFinding, words: string): string {
  const line = advice.find((one) => one.startsWith(words));
  if (line === undefined) throw new Error(`no advice begins with "${words}": ${advice.join('\n')}`);
  return line.slice(words.length).trim();
}
