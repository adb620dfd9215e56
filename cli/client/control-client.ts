/** What the command line asks of a running sidecar, one method a route. */

import { HavocError, readErrorCode } from '../../core/havoc-error.js';
import type { SentenceProblem } from '../../faults/way-out.js';
import { answerOf, type ShownFault, type ShownFaultList, type ShownStatus } from './answers.js';
import { type Answer, exchange, type Question } from './exchange.js';

export type Arming =
  | { readonly kind: 'armed'; readonly fault: ShownFault }
  | { readonly kind: 'refused'; readonly problems: readonly SentenceProblem[] };

/** Every method rejects with a `HavocError`: those of `exchange`, and `control.CODE` with what the endpoint says. */
export class ControlClient {
  readonly #headers: Readonly<Record<string, string>>;

  /** `token`: of the endpoint of a pod, for what changes faults. */
  constructor(
    readonly base: URL,
    token: string | null = null,
  ) {
    this.#headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  }

  async faultList(): Promise<ShownFaultList> {
    const answer = await this.#ask({ method: 'GET', path: '/v1/faults' });
    return answerOf('FaultList', answer.body, 'body');
  }

  async faults(): Promise<readonly ShownFault[]> {
    return (await this.faultList()).faults;
  }

  async status(): Promise<ShownStatus> {
    const answer = await this.#ask({ method: 'GET', path: '/v1/status' });
    return answerOf('Status', answer.body, 'body');
  }

  async arm(name: string, sentence: string): Promise<Arming> {
    const answer = await this.#exchange({ method: 'PUT', path: pathOf(name), body: { sentence } });
    if (answer.status < 300) return { kind: 'armed', fault: await answerOf('Fault', answer.body, 'body') };
    const { problems } = await answerOf('Problem', answer.body, 'body');
    if (problems === undefined || problems.length === 0) throw await refusal(answer);
    return { kind: 'refused', problems };
  }

  /** False when there is no fault of this name. */
  async disarm(name: string): Promise<boolean> {
    const answer = await this.#exchange({ method: 'DELETE', path: pathOf(name) });
    if (answer.status < 300) return true;
    if ((await answerOf('Problem', answer.body, 'body')).code === 'no-such-fault') return false;
    throw await refusal(answer);
  }

  async disarmAll(): Promise<void> {
    await this.#ask({ method: 'DELETE', path: '/v1/faults' });
  }

  async #ask(question: Question): Promise<Answer> {
    const answer = await this.#exchange(question);
    if (answer.status >= 300) throw await refusal(answer);
    return answer;
  }

  #exchange(question: Question): Promise<Answer> {
    return exchange(this.base, { ...question, headers: this.#headers });
  }
}

const pathOf = (name: string): string => `/v1/faults/${encodeURIComponent(name)}`;

async function refusal({ body }: Answer): Promise<HavocError> {
  const { code, title, detail } = await answerOf('Problem', body, 'body');
  return new HavocError(readErrorCode(`control.${code}`, 'control.refused'), `${title}: ${detail}`);
}
