/** The sidecar of a pod, switched by the pod's annotations and asked by `kubectl exec`. */
import { setTimeout as wait } from 'node:timers/promises';
import { answerOf, type ShownFault } from '../../cli/client/answers.js';
import { HavocError, hasCode } from '../../core/havoc-error.js';
import { faultPrefix } from '../../core/keys.js';
import { sidecar } from './names.js';
import { commandLine, type TypedKubectl } from './typed-kubectl.js';

const away = 'demo.away';
/** Whoever serves a disk is away for a moment after it was killed, and its successor serves the disk first. */
const awayMs = 120_000;
const betweenMs = 1000;

export class PodSidecar {
  constructor(
    readonly kubectl: TypedKubectl,
    readonly pod: string,
  ) {}

  /** Of the fault of this name, what it did so far. Rejects with `demo.failed` where it is unknown, or refused. */
  async fault(name: string): Promise<ShownFault> {
    const { faults } = await answerOf('FaultList', await this.#ask('ls'), 'ls');
    const fault = faults.find((listed) => listed.name === name);
    if (!fault) throw new HavocError('demo.failed', `the sidecar does not know the fault ${name}`);
    if (fault.state === 'refused')
      throw new HavocError('demo.failed', fault.problems.map(({ message }) => message).join('; '));
    return fault;
  }

  async killFaultProxy(): Promise<void> {
    const { pids } = await this.#status();
    await this.kubectl.type([...this.#inside(), 'sh', '-c', `kill -KILL ${pids.faultProxy}`]);
  }

  /** How often the fault proxy was started again. */
  async restarts(): Promise<number> {
    return (await this.#status()).restarts;
  }

  async #status() {
    return answerOf('Status', await this.#ask('status'), 'status');
  }

  #inside(): readonly string[] {
    return ['exec', this.pod, '-c', sidecar, '--'];
  }

  async #ask(word: string): Promise<unknown> {
    const lateMs = performance.now() + awayMs;
    for (;;) {
      try {
        return await this.#askOnce(word);
      } catch (error) {
        if (!hasCode(error, away) || performance.now() > lateMs) throw error;
        await wait(betweenMs);
      }
    }
  }

  async #askOnce(word: string): Promise<unknown> {
    const asking = [...this.#inside(), 'havock8s', word, '--output', 'json'];
    const { code, stdout, stderr } = await this.kubectl.quietly.run(asking);
    if (code === 0) return JSON.parse(stdout);
    throw new HavocError(away, `${commandLine(asking)}: ${stderr.trim()}\n${await this.#lastWords()}`);
  }

  /** This one's, and those of the one before. */
  async #lastWords(): Promise<string> {
    const logs = ['logs', this.pod, '-c', sidecar, '--tail=6'];
    const { quietly } = this.kubectl;
    const said = await Promise.all([quietly.run([...logs, '--previous']), quietly.run(logs)]);
    return said.map(({ code, stdout }) => (code === 0 ? stdout : '')).join('');
  }
}

/** As a person would type it. Null takes the fault away. */
export const annotating = (pod: string, name: string, sentence: string | null): readonly string[] => [
  'annotate',
  'pod',
  pod,
  sentence === null ? `${faultPrefix}${name}-` : `${faultPrefix}${name}=${sentence}`,
];
