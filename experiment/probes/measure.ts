/** One measurement: the subject is asked, then the condition. */
import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/havoc-error.js';
import type { Json } from '../../core/json.js';
import { inTime } from '../../core/sleep.js';
import type { Question, SubjectOf } from '../file/probe.js';
import { type ProbeKind, probeKinds, type Subjects } from '../file/probe-kinds.js';
import type { Measurement } from '../journal/events.js';
import { askAlertmanager } from './alertmanager.js';
import { type Answer, type Ask, type Asking, isUnanswered } from './answer.js';
import { askEtcd } from './etcd.js';
import { askExec } from './exec.js';
import { askHttp } from './http.js';
import { askLedger } from './ledger.js';
import { askMysql } from './mysql.js';
import { askPostgres } from './postgres.js';
import { askPrometheus } from './prometheus.js';
import { askRedis } from './redis.js';
import { askTcp } from './tcp.js';

type Askers = { readonly [K in ProbeKind]: Ask<Subjects[K]> };

const askers: Askers = {
  tcp: askTcp,
  http: askHttp,
  exec: askExec,
  postgres: askPostgres,
  mysql: askMysql,
  redis: askRedis,
  etcd: askEtcd,
  prometheus: askPrometheus,
  alertmanager: askAlertmanager,
  ledger: askLedger,
};

/** Its signal ends it when the run is over. */
export interface MeasureOptions extends Asking {
  readonly clock: Clock;
}

/** Never rejects, and takes at most the question's timeout. */
export async function measure(question: Question, options: MeasureOptions): Promise<Measurement> {
  const { clock } = options;
  const beganMs = clock.monotonicMs();
  const answer = await answerInTime(question, options);
  return judged(question, answer, clock.monotonicMs() - beganMs);
}

async function answerInTime(
  { subject, timeoutMs }: Question,
  { clock, signal, ...asking }: MeasureOptions,
): Promise<Answer> {
  const { name, isObserver } = probeKinds[subject.kind];
  const late = new AbortController();
  const silence: Answer = {
    kind: isObserver ? 'error' : 'failed',
    seen: `${isObserver ? `${name} did not answer` : 'no answer'} within ${timeoutMs} ms`,
  };
  try {
    return await inTime(ask(subject, { ...asking, signal: AbortSignal.any([signal, late.signal]) }), {
      ms: timeoutMs,
      clock,
      late: () => {
        late.abort();
        return silence;
      },
    });
  } catch (error) {
    if (late.signal.aborted) return silence;
    if (isObserver) return { kind: 'error', seen: `${name}: ${messageOf(error)}` };
    return { kind: isUnanswered(error) ? 'failed' : 'error', seen: messageOf(error) };
  }
}

const ask = <K extends ProbeKind>({ kind, given }: SubjectOf<K>, asking: Asking): Promise<Answer> =>
  askers[kind](given, asking);

const outcomes = { failed: 'Failed', unclear: 'Inconclusive', error: 'Error' } as const;

function judged({ condition }: Question, answer: Answer, tookMs: number): Measurement {
  const { seen, kind } = answer;
  if (kind !== 'values') return { outcome: outcomes[kind], seen, tookMs };
  const held = condition.holds({ ...answer.values, latency: tookMs });
  const text = `${seen} after ${Math.round(tookMs)} ms`;
  const measured = { tookMs, ...valueAsked(condition.text, answer.values) };
  if (held === 'yes') return { outcome: 'Successful', seen: text, ...measured };
  if (held === 'no') return { outcome: 'Failed', seen: `${text}, against ${condition.text}`, ...measured };
  return { outcome: 'Inconclusive', seen: `${text}: ${held.unclear}`, ...measured };
}

/** A number that nobody asks for, such as that of `select 1`, is none to remember. */
function valueAsked(condition: string, { value }: Json): Pick<Measurement, 'value'> {
  const asNumber = typeof value === 'bigint' ? Number(value) : value;
  const isAsked = /\bvalue\b/.test(condition);
  return isAsked && typeof asNumber === 'number' && Number.isFinite(asNumber) ? { value: asNumber } : {};
}
