/** Somebody in a container who does what it is asked and says what came of it, so that a look costs no kubectl. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { programPath } from '../../../dev/cluster/binaries.js';
import type { Environment } from '../environment.js';
import type { Observation, Question, Until } from './probe-agent-program.js';

const program = new URL('./probe-agent-program.js', import.meta.url);
/** Longer than any bound of the program's own. */
const answerMs = 180_000;

export class ProbeAgent {
  #nextId = 0;
  #said = '';
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #child: ChildProcessWithoutNullStreams;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-2000);
    });
    child.stdin.on('error', () => {});
    child.on('close', () => {
      for (const [id, settle] of this.#waiting) settle({ id, failure: `the agent is gone: ${this.#said}` });
    });
  }

  static async enter(environment: Environment, pod: string, container: string): Promise<ProbeAgent> {
    const source = await readFile(program, 'utf8');
    const within = [
      `--namespace=${environment.namespace}`,
      'exec',
      '--stdin',
      pod,
      `--container=${container}`,
    ];
    const command = ['node', '--input-type=module', '--eval', source];
    return new ProbeAgent(
      spawn(programPath('kubectl'), [
        `--kubeconfig=${environment.cluster.kubeconfig}`,
        ...within,
        '--',
        ...command,
      ]),
    );
  }

  see(question: Question): Promise<Observation> {
    return this.#ask(question);
  }

  /** The first that is so, or with `holds: false` the first that is not. */
  seeUntil(question: Question, until: Until): Promise<Observation> {
    return this.#ask({ ...question, until });
  }

  async #ask(question: object): Promise<Observation> {
    const id = this.#nextId++;
    const answer = await new Promise<Answer>((settle) => {
      const timer = setTimeout(() => settle({ id, failure: `no answer in ${answerMs} ms` }), answerMs);
      this.#waiting.set(id, (given) => {
        clearTimeout(timer);
        settle(given);
      });
      this.#child.stdin.write(`${JSON.stringify({ id, ...question })}\n`);
    });
    this.#waiting.delete(id);
    if ('seen' in answer) return answer.seen;
    throw new Error(`${JSON.stringify(question)}: ${answer.failure}`);
  }

  /** The program ends when nothing more can be asked; what it left open goes with it. */
  async leave(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await closed;
    clearTimeout(timer);
  }
}

type Answer =
  | { readonly id: number; readonly seen: Observation }
  | { readonly id: number; readonly failure: string };
