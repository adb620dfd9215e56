/** One measurement: the subject is asked, then the condition. */
import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/havoc-error.js';
import { sleep } from '../../core/sleep.js';
import type { Question, Subject } from '../file/probe.js';
import type { ProbeKind, Subjects } from '../file/probe-kinds.js';
import type { Measurement } from '../journal/events.js';
import { type Answer, type Asking, silent } from './answer.js';
import { askExec } from './exec.js';
import { askHttp } from './http.js';
import { askTcp } from './tcp.js';

type Askers = { readonly [K in ProbeKind]: (subject: Subjects[K], asking: Asking) => Promise<Answer> };

const askers: Askers = { tcp: askTcp, http: askHttp, exec: askExec };

export interface MeasureOptions {
  readonly clock: Clock;
  /** Ends it when the run is over. */
  readonly signal: AbortSignal;
  /** For the programs of `exec`, beside ours. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Never rejects, and takes at most the question's timeout. */
export async function measure(
  question: Question,
  { clock, signal, variables }: MeasureOptions,
): Promise<Measurement> {
  const { timeoutMs } = question;
  const [began, ended] = [clock.monotonicMs(), new AbortController()];
  const late = new AbortController();
  const asking = { signal: AbortSignal.any([signal, late.signal]), timeoutMs, variables };
  const timedOut = sleep(timeoutMs, { clock, signal: ended.signal }).then((): Answer => {
    late.abort();
    return silent(asking);
  });
  try {
    const answer = await Promise.race([ask(question.subject, asking), timedOut]);
    return judged(question, answer, clock.monotonicMs() - began);
  } catch (error) {
    return { outcome: 'Error', seen: messageOf(error), tookMs: clock.monotonicMs() - began };
  } finally {
    ended.abort();
  }
}

const ask = <K extends ProbeKind>(
  { kind, given }: Extract<Subject, { readonly kind: K }> | { readonly kind: K; readonly given: Subjects[K] },
  asking: Asking,
): Promise<Answer> => askers[kind](given as Subjects[K], asking);

function judged({ condition }: Question, answer: Answer, tookMs: number): Measurement {
  const { seen } = answer;
  if (answer.kind === 'failed') return { outcome: 'Failed', seen, tookMs };
  if (answer.kind === 'error') return { outcome: 'Error', seen, tookMs };
  const held = condition.holds({ ...answer.values, latency: tookMs });
  const text = `${seen} after ${Math.round(tookMs)} ms`;
  if (held === 'yes') return { outcome: 'Successful', seen: text, tookMs };
  if (held === 'no') return { outcome: 'Failed', seen: `${text}, against ${condition.text}`, tookMs };
  return { outcome: 'Inconclusive', seen: `${text}: ${held.unclear}`, tookMs };
}
