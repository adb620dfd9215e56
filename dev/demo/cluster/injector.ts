/** The sidecar of a pod, switched by the pod's annotations and asked by `kubectl exec`. */
import { answerOf } from '../../../cli/client/answers.js';
import { HavocError, hasCode } from '../../../core/havoc-error.js';
import { faultPrefix } from '../../../core/keys.js';
import { type Injector, proofIn } from '../injector.js';
import { type Patience, patiently } from '../patiently.js';
import { sidecar } from './names.js';
import { commandLine, type TypedKubectl } from './typed-kubectl.js';

const away = 'demo.away';
const patience: Patience = {
  forMs: 120_000,
  betweenMs: 1000,
  isAway: (error) => hasCode(error, away),
};

export function podInjector(kubectl: TypedKubectl, pod: string): Injector {
  const ask = (...words: readonly string[]): Promise<unknown> =>
    patiently(() => answer(kubectl, pod, words), patience);
  const status = async () => answerOf('Status', await ask('status'), 'status');
  return {
    arm: async (name, sentence) => void (await kubectl.succeed(annotating(pod, name, sentence))),
    proof: async (name) => proofIn((await answerOf('FaultList', await ask('ls'), 'ls')).faults, name),
    disarm: async (name) => void (await kubectl.succeed(annotating(pod, name, null))),
    killFaultProxy: async () => {
      const { pids } = await status();
      await kubectl.type([...inSidecar(pod), 'sh', '-c', `kill -KILL ${pids.faultProxy}`]);
    },
    restarts: async () => (await status()).restarts,
    failed: new Promise(() => {}),
  };
}

/** As a person would type it. */
export const armingCommand = (pod: string, name: string, sentence: string): string =>
  commandLine(annotating(pod, name, sentence));

/** Null takes the fault away. */
export const annotating = (pod: string, name: string, sentence: string | null): readonly string[] => [
  'annotate',
  'pod',
  pod,
  sentence === null ? `${faultPrefix}${name}-` : `${faultPrefix}${name}=${sentence}`,
];

/** Of the sidecar, this one and the one before. */
async function lastWords({ quietly }: TypedKubectl, pod: string): Promise<string> {
  const logs = ['logs', pod, '-c', sidecar, '--tail=6'];
  const said = await Promise.all([quietly.run([...logs, '--previous']), quietly.run(logs)]);
  return said.map(({ code, stdout }) => (code === 0 ? stdout : '')).join('');
}

const inSidecar = (pod: string): readonly string[] => ['exec', pod, '-c', sidecar, '--'];

async function answer(kubectl: TypedKubectl, pod: string, words: readonly string[]): Promise<unknown> {
  const asking = [...inSidecar(pod), 'havock8s', ...words, '--output', 'json'];
  const { code, stdout, stderr } = await kubectl.quietly.run(asking);
  if (code !== 0)
    throw new HavocError(away, `${commandLine(asking)}: ${stderr.trim()}\n${await lastWords(kubectl, pod)}`);
  return JSON.parse(stdout);
}
