/**
 * The clocks of sidecars beside ours. The end of a fault is an absolute time, which its sidecar reads by its own clock: so it
 * is written in that clock's time.
 *
 *     the sidecar says its time ─► so far it is ahead of us ─► whole seconds, rounded so that nothing ends early ─► `until`
 */
import type { Clock } from '../../../core/clock.js';
import { within } from '../../../core/sleep.js';
import { format } from '../../../faults/format.js';
import { parse } from '../../../faults/parse.js';
import type { PodView } from './pod-view.js';
import type { ReadSidecar, SidecarSays } from './sidecar-reader.js';

export const clockLimits = {
  /** More is not made up for: a clock that is so wrong may be set at any moment. As the doctor calls it broken. */
  mostMs: 60_000,
  /** A clock that is ahead by no more is taken to be in step: that much an answer takes. */
  inStepMs: 200,
  /** So much later than asked for a sidecar may end a fault by itself, before its end is written again. */
  lateMs: 2000,
  /** So long a look waits for clocks that are not known yet. */
  measureMs: 1500,
} as const;

export interface SidecarClocksOptions {
  readonly clock: Clock;
  readonly readSidecar: ReadSidecar;
}

export class SidecarClocks {
  readonly #options: SidecarClocksOptions;
  /** By UID of the pod. */
  readonly #aheadMs = new Map<string, number>();
  readonly #shiftMs = new Map<string, number>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(options: SidecarClocksOptions) {
    this.#options = options;
  }

  /** Its answer, with its clock noted. Rejects as `readSidecar` does. */
  async read(pod: PodView): Promise<SidecarSays> {
    const says = await this.#options.readSidecar(pod);
    this.#aheadMs.set(pod.uid, says.aheadMs);
    this.#shiftMs.set(pod.uid, shiftFor(says.aheadMs, this.#shiftMs.get(pod.uid) ?? 0));
    return says;
  }

  /** Asks those that are not known yet. Never rejects; who does not answer in time stays unknown, and is asked again later. */
  async learn(pods: readonly PodView[]): Promise<void> {
    const unknown = pods.filter(({ uid, port }) => port !== null && !this.#aheadMs.has(uid));
    if (unknown.length === 0) return;
    await within(
      clockLimits.measureMs,
      Promise.all(unknown.map((pod) => this.#ask(pod))),
      this.#options.clock,
    );
  }

  /** Why there can be no faults there; null: there can, or nobody knows its clock. */
  refusal({ uid, name, node }: PodView): string | null {
    const aheadMs = this.#aheadMs.get(uid) ?? 0;
    if (Math.abs(aheadMs) <= clockLimits.mostMs) return null;
    const way = aheadMs > 0 ? 'ahead of' : 'behind';
    return `the clock of pod ${name} (node ${node}) is ${Math.round(Math.abs(aheadMs) / 1000)} s ${way} the controller's; expected at most ${clockLimits.mostMs / 1000} s; havock8s doctor says which of the nodes is wrong, and chronyc makestep on that node sets it`;
  }

  /** The sentence as its sidecar is to read it. `written` is what it has now: where nobody knows its clock, that end stays. */
  inItsTime(sentence: string, uid: string, written: string | undefined): string {
    return endingLater(sentence, this.#shiftMs.get(uid) ?? shiftIn(sentence, written));
  }

  #ask(pod: PodView): Promise<void> {
    const asked =
      this.#asked.get(pod.uid) ??
      this.read(pod)
        .then(
          () => {},
          () => {},
        )
        .finally(() => this.#asked.delete(pod.uid));
    this.#asked.set(pod.uid, asked);
    return asked;
  }
}

/** In whole seconds. What is in force stays while it does: each other sentence is another fault to its sidecar. */
export function shiftFor(aheadMs: number, beforeMs: number): number {
  const lateMs = beforeMs - aheadMs;
  if (lateMs >= -clockLimits.inStepMs && lateMs <= clockLimits.lateMs) return beforeMs;
  return Math.ceil((aheadMs - clockLimits.inStepMs) / 1000) * 1000;
}

function endingLater(sentence: string, shiftMs: number): string {
  const parsed = parse(sentence);
  if (shiftMs === 0 || parsed.kind === 'problems' || parsed.fault.deadline.kind !== 'until') return sentence;
  const { fault } = parsed;
  return format({ ...fault, deadline: { kind: 'until', epochMs: parsed.fault.deadline.epochMs + shiftMs } });
}

function shiftIn(sentence: string, written: string | undefined): number {
  const [meantMs, writtenMs] = [endOf(sentence), endOf(written ?? '')];
  const shiftMs = meantMs === null || writtenMs === null ? 0 : writtenMs - meantMs;
  return Math.abs(shiftMs) <= clockLimits.mostMs ? shiftMs : 0;
}

function endOf(sentence: string): number | null {
  const parsed = parse(sentence);
  return parsed.kind === 'fault' && parsed.fault.deadline.kind === 'until'
    ? parsed.fault.deadline.epochMs
    : null;
}
