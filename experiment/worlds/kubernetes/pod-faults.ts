/** The faults of a run on their pods: what each is called there, and what its sidecar says of it. */
import { createHash } from 'node:crypto';
import type { ObservedFault } from '../../engine/moves.js';
import type { FaultRun, Run } from '../../engine/run.js';
import type { Place } from '../../journal/events.js';
import type { PodView } from './pod-view.js';
import { clockLimits } from './sidecar-clocks.js';
import type { ListedFault, ReadSidecar, SidecarSays } from './sidecar-reader.js';

const mostName = 63;

/** As an annotation: the run, and the fault without its pod. Long ones end in a part of their hash. */
export function annotationName(run: string, fault: string): string {
  const whole = `${run}.${fault.split('@', 1)[0]}`;
  if (whole.length <= mostName) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, mostName - 9)}-${hash}`;
}

/** So long after its end a sidecar that cannot be asked is taken by its word: it ends its faults by itself. */
const graceMs = 2000 + clockLimits.lateMs;

export interface PodFaultsOptions {
  readonly run: string;
  readonly pod: (name: string) => PodView | undefined;
  readonly readSidecar: ReadSidecar;
  /** Was the annotation written, whatever the watch shows by now? */
  readonly isWritten: (place: Place, annotation: string) => boolean;
  /** The sentence as the sidecar of that pod is to have it now; `written` is what it has. */
  readonly addressed: (sentence: string, place: Place, run: Run, written: string | undefined) => string;
  readonly wallMs: () => number;
}

export class PodFaults {
  readonly #options: PodFaultsOptions;
  /** What was last said of each: a pod that is gone says nothing any more. */
  readonly #last = new Map<string, Pick<ObservedFault, 'matched' | 'injected'>>();

  constructor(options: PodFaultsOptions) {
    this.#options = options;
  }

  /** By their names in the journal; see `Observed.faults`. */
  async look(run: Run): Promise<ReadonlyMap<string, ObservedFault | null>> {
    const { faults, startedAtMs } = run;
    const answers = this.#ask([...faults.values()]);
    const seen = await Promise.all(
      [...faults].map(async ([fault, known]) => {
        const endsAtMs = startedAtMs + (known.endsAtMs ?? 0);
        return [fault, await this.#lookAt(fault, known, { answers, endsAtMs, run })] as const;
      }),
    );
    return new Map(seen.flatMap(([fault, one]) => (one === undefined ? [] : [[fault, one] as const])));
  }

  /** Each pod once, however many faults it has. */
  #ask(faults: readonly FaultRun[]): ReadonlyMap<string, Promise<SidecarSays>> {
    const { pod: podOf, readSidecar } = this.#options;
    const answers = new Map<string, Promise<SidecarSays>>();
    for (const { place } of faults) {
      const pod = place === null ? undefined : podOf(place.pod);
      if (place === null || pod?.uid !== place.uid || pod.port === null || answers.has(pod.uid)) continue;
      const answer = readSidecar(pod);
      answer.catch(() => {});
      answers.set(pod.uid, answer);
    }
    return answers;
  }

  /** Undefined: its sidecar answers, and does not know it. */
  async #lookAt(
    fault: string,
    { place, sentence }: FaultRun,
    { answers, endsAtMs, run }: LookAtOptions,
  ): Promise<ObservedFault | null | undefined> {
    const pod = place === null ? undefined : this.#options.pod(place.pod);
    const last = this.#last.get(fault) ?? { matched: 0, injected: 0 };
    if (place === null || pod?.uid !== place.uid)
      return { isArmed: false, reason: 'the pod is gone', isGone: true, ...last };
    const isOver = this.#options.wallMs() >= endsAtMs + graceMs;
    const answer = answers.get(pod.uid);
    const name = annotationName(this.#options.run, fault);
    const written = pod.faults.get(name);
    // What it answers tells its clock as well, by which its sentence is written.
    await answer?.catch(() => {});
    const isOutdated =
      written !== undefined && written !== this.#options.addressed(sentence, place, run, written);
    const isAsked = written !== undefined || this.#options.isWritten(place, name);
    const asked = { ...(isAsked && { isAsked }), ...(isOutdated && { isOutdated }) };
    if (answer === undefined) return this.#unasked({ endsAtMs, last, asked });
    try {
      const listed = (await answer).faults.find((one) => one.name === name);
      return listed && { ...this.#observed(fault, listed), ...asked };
    } catch (error) {
      if (!isOver) return null;
      const reason = `its sidecar could not be asked: ${error instanceof Error ? error.message : String(error)}`;
      return { isArmed: false, reason, unverified: reason, ...last, ...asked };
    }
  }

  #observed(fault: string, { state, reason, tallies }: ListedFault): ObservedFault {
    const { matched, injected } = tallies;
    this.#last.set(fault, { matched, injected });
    const isArmed = state === 'armed';
    return { isArmed, reason: isArmed ? null : (reason ?? state), matched, injected };
  }

  /** Of a pod without a read-only port only its annotation is known, and its end. */
  #unasked({ endsAtMs, last, asked }: UnaskedOptions): ObservedFault | null {
    const unverified = 'the pod has no read-only port';
    const isOver = this.#options.wallMs() >= endsAtMs;
    if (isOver) return { isArmed: false, reason: 'its end has come', unverified, ...last, ...asked };
    return asked.isAsked ? { isArmed: true, reason: null, unverified, ...last, ...asked } : null;
  }
}

interface UnaskedOptions {
  /** Milliseconds of the Unix epoch. */
  readonly endsAtMs: number;
  readonly last: Pick<ObservedFault, 'matched' | 'injected'>;
  /** Does the annotation stand? */
  readonly asked: { readonly isAsked?: boolean };
}

interface LookAtOptions {
  readonly run: Run;
  readonly answers: ReadonlyMap<string, Promise<SidecarSays>>;
  /** Milliseconds of the Unix epoch. */
  readonly endsAtMs: number;
}
