/** `havock8s doctor`, run where its users run it, and what it said. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Judgement } from '../../../cli/doctor/finding.js';
import { programPath } from '../../cluster/binaries.js';
import type { ClusterNode } from '../../cluster/node.js';
import type { Ran } from '../../disk/databases/run-program.js';
import { runCommand } from '../../run-command.js';
import type { Scene } from '../scene.js';

/** As its JSON has one. */
export interface Finding extends Pick<Judgement, 'verdict' | 'subject' | 'found'> {
  readonly check: string;
  readonly do: readonly string[];
}

export interface Examined {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

const program = fileURLToPath(new URL('../../../cli/main.js', import.meta.url));
const asked = ['doctor', '--output=json'] as const;
const boundMs = 60_000;

export async function examinePod(scene: Scene, pod: string, container: string): Promise<Examined> {
  return read(await scene.run(['exec', pod, `--container=${container}`, '--', 'havock8s', ...asked]));
}

export const examineNode = ({ machine }: ClusterNode): Examined =>
  read(machine.enclosure.run(process.execPath, program, ...asked));

/** Pods of the scene's namespace. */
export const examineCluster = ({ cluster, namespace }: Scene): Examined =>
  read(
    runCommand(
      [
        ...['env', `PATH=${dirname(programPath('kubectl'))}:${process.env['PATH']}`],
        ...[process.execPath, program, ...asked, '--cluster'],
        `--kubeconfig=${cluster.kubeconfig}`,
        `--namespace=${namespace}`,
      ],
      boundMs,
    ),
  );

export const broken = ({ findings }: Examined): readonly Finding[] =>
  findings.filter(({ verdict }) => verdict === 'broken');

export function brokenAbout(examined: Examined, check: string): Finding {
  const found = broken(examined).find((finding) => finding.check === check);
  if (found === undefined) throw new Error(`nothing broken about ${check}: ${JSON.stringify(examined)}`);
  return found;
}

/** The command after the words of an advice, as a person would copy it. */
export function commandOf({ do: advice }: Finding, words: string): string {
  const line = advice.find((one) => one.startsWith(words));
  if (line === undefined) throw new Error(`no advice begins with "${words}": ${advice.join('\n')}`);
  return line.slice(words.length).trim();
}

function read({ code, stdout, stderr }: Ran): Examined {
  try {
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return { code, findings };
  } catch (cause) {
    throw new Error(`the doctor said ${stdout}${stderr}`, { cause });
  }
}
