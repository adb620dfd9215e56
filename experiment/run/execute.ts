/**
 * Carries out a run: looks at the world, asks the engine, writes down what it decides, then does it.
 *
 *     look ─► nextStep ─┬─ records ─► journal ─► run, and ask again
 *                       └─ moves ───► world, probes ─► what came of them ─► journal, and ask again
 *
 * Nothing is done before it is written down, and nothing is decided here: who follows a dead one reads the journal.
 */
import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/havoc-error.js';
import { sleep, within } from '../../core/sleep.js';
import { afterEvent } from '../engine/after-event.js';
import { expectedOf } from '../engine/expected.js';
import { limits } from '../engine/limits.js';
import { type Decision, type Move, nothing, type Observed } from '../engine/moves.js';
import { nextStep } from '../engine/next-step.js';
import type { Plan } from '../engine/plan.js';
import { newRun, type Run } from '../engine/run.js';
import type { Question } from '../file/probe.js';
import type { JournalEvent, Measurement, RunEvent } from '../journal/events.js';
import type { Judgement } from '../verdict.js';
import type { World } from '../world.js';
import { carryOut } from './carry-out.js';
import type { RunLedger } from './kept-ledger.js';

export interface ExecuteOptions {
  readonly plan: Plan;
  readonly world: World;
  readonly clock: Clock;
  /** What was written before, by somebody who did not come to the end. */
  readonly past: readonly JournalEvent[];
  readonly append: (event: JournalEvent) => void;
  /**
   * Resolves when whatever the run rests on is written for good; nothing is done before. Rejects where it cannot be, and,
   * `toBeSure`, also where there is nothing to write and somebody else goes on with the run.
   */
  readonly flush: (toBeSure: boolean) => Promise<void>;
  readonly measure: (question: Question, signal: AbortSignal) => Promise<Measurement>;
  /** Null where the experiment has none. */
  readonly ledger: RunLedger | null;
  readonly version: string;
  /** Somebody asks for the end; its reason says who. */
  readonly signal: AbortSignal;
}

/** What it does not say within this time it has not said. */
const lookMs = 5000;
/** How often the traffic of the ledger is told. */
const trafficMs = 1000;

/** Resolves with the verdict. Rejects only where the journal cannot be written. */
export async function execute(options: ExecuteOptions): Promise<Judgement> {
  const execution = new Execution(options);
  try {
    return await execution.toTheEnd();
  } finally {
    execution.close();
  }
}

/** Made, and yet the world does not show it for a while: it is not made again without a pause. */
const isSeenLater: Readonly<Record<Move['kind'], boolean>> = {
  ...{ arm: true, disarm: true },
  ...{ hold: false, 'plan-change': false, change: false, 'take-back': false, kill: false },
  ...{ measure: false, ask: false, 'begin-ledger': false, 'read-ledger-back': false },
};

/** One after another while nothing comes from outside: each makes a step begin or end, or a phase. */
const mostRecords = 10_000;

class Execution {
  readonly #options: ExecuteOptions;
  readonly #beganMs: number;
  readonly #over = new AbortController();
  readonly #underway = new Set<string>();
  readonly #warned = new Set<string>();
  /** The sidecar did not answer when it was last asked. */
  #isSilent = false;
  #run: Run;
  /** As it was last seen: where nobody can say, nothing has changed. */
  #lastCluster: Observed['cluster'] = null;
  #failure: unknown = null;
  /** Aborted where something happened that the engine has not been asked about. */
  #awake = new AbortController();
  #trafficAtMs = 0;

  constructor(options: ExecuteOptions) {
    const { past, clock } = options;
    this.#options = options;
    this.#run = past.reduce(afterEvent, newRun);
    // Time goes on also while nobody was there to see it, and never back: who wrote the last line may have had another clock.
    const lastMs = past.at(-1)?.atMs ?? 0;
    const passedMs = past.length === 0 ? 0 : Math.max(lastMs, clock.wallMs() - this.#run.startedAtMs);
    this.#beganMs = clock.monotonicMs() - passedMs;
    options.signal.addEventListener('abort', this.#askedToEnd);
  }

  async toTheEnd(): Promise<Judgement> {
    const { clock, past, plan, version, signal, world } = this.#options;
    if (past.length === 0)
      this.#note({
        type: 'run-began',
        experiment: plan.name,
        version,
        startedAt: new Date(clock.wallMs()).toISOString(),
        expected: expectedOf(plan),
      });
    world.begin((runEvent) => this.#note(runEvent));
    if (signal.aborted) this.#askedToEnd();
    while (this.#run.phase !== 'over') {
      this.#awake = new AbortController();
      if (this.#nowMs >= this.#trafficAtMs + trafficMs) this.#tellTraffic();
      // First the processes: what is said of the faults was said by them, or by who came after them.
      const pids = world.pids();
      const decision = this.#decide({ pids, ...(await this.#look()) });
      // A change has no end of its own: made once more after another has taken it back, it would stay.
      await this.#options.flush(decision.moves.some(({ kind }) => kind === 'change'));
      for (const move of decision.moves) void this.#make(move);
      await this.#untilNext(decision.wakeAtMs);
      if (this.#failure !== null) throw this.#failure;
    }
    await this.#options.flush(false);
    if (this.#failure !== null) throw this.#failure;
    if (this.#run.judgement === null) throw new Error('a run that is over has no verdict');
    return this.#run.judgement;
  }

  close(): void {
    this.#options.signal.removeEventListener('abort', this.#askedToEnd);
    this.#over.abort();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs() - this.#beganMs;
  }

  /** Until there is nothing more to write; what is to be done then is to be made when all is written. */
  #decide(world: Omit<Observed, 'underway'>): Decision {
    for (let records = 0; ; records += 1) {
      if (records > mostRecords) throw new Error('the engine decides the same for ever');
      const observed: Observed = { ...world, underway: this.#underway };
      const decision = nextStep(this.#options.plan, this.#run, observed, this.#nowMs);
      if (decision.records.length === 0) return decision;
      if (decision.records.some(({ type }) => type === 'phase-began')) this.#tellTraffic();
      for (const runEvent of decision.records) this.#note(runEvent);
      if (this.#run.phase === 'over' || this.#failure !== null) return nothing;
      // What a cluster lets be done next is asked of it as it is by then.
      if (world.cluster !== null && decision.records.some(({ type }) => type === 'step-ended'))
        return nothing;
    }
  }

  #note(runEvent: RunEvent): void {
    if (this.#run.phase === 'over' || this.#failure !== null) return;
    const event = { atMs: this.#nowMs, ...runEvent };
    try {
      this.#options.append(event);
      this.#run = afterEvent(this.#run, event);
    } catch (error) {
      // What cannot be written down is not done.
      this.#failure = error;
    }
    this.#awake.abort();
  }

  /** Null where the world has not said it in time. */
  async #look(): Promise<Pick<Observed, 'faults' | 'cluster'>> {
    const { world, clock } = this.#options;
    let seen: Pick<Observed, 'faults' | 'cluster'> = { faults: null, cluster: this.#lastCluster };
    const looking = world.look(this.#run).then((sight) => {
      seen = sight;
    });
    try {
      await within(lookMs, looking, clock);
      this.#isSilent = false;
    } catch (error) {
      if (!this.#isSilent) this.#warn('the sidecar could not be asked', error);
      this.#isSilent = true;
    }
    this.#lastCluster = seen.cluster;
    return seen;
  }

  async #make(move: Move): Promise<void> {
    this.#underway.add(move.key);
    try {
      for (const runEvent of await this.#carryOut(move)) this.#note(runEvent);
      if (isSeenLater[move.kind]) {
        this.#awake.abort();
        await sleep(limits.againMs, { clock: this.#options.clock, signal: this.#over.signal });
      }
    } catch (error) {
      this.#warn(move.key, error);
      await sleep(limits.lookMs, { clock: this.#options.clock, signal: this.#over.signal });
    } finally {
      this.#underway.delete(move.key);
      this.#awake.abort();
    }
  }

  #carryOut(move: Move): Promise<readonly RunEvent[]> {
    const { world, measure, plan, ledger } = this.#options;
    const epochMs = (atMs: number | null): number | null =>
      atMs === null ? null : Math.round(this.#run.startedAtMs + atMs);
    return carryOut(move, {
      world,
      plan,
      ledger,
      run: () => this.#run,
      epochMs,
      measure: (question) => measure(question, this.#over.signal),
    });
  }

  /** About once a second, and before a phase ends: what was written is of the phase in which it was. */
  #tellTraffic(): void {
    const traffic = this.#run.ledger?.read === null ? this.#options.ledger?.traffic() : null;
    if (traffic) this.#note({ type: 'traffic', ...traffic });
    this.#trafficAtMs = this.#nowMs;
  }

  /** Told once: what is tried again fails again in the same words. Advice, behind the first line, is for who typed a command. */
  #warn(what: string, error: unknown): void {
    const message = `${what}: ${messageOf(error).split('\n', 1)[0]}`;
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#note({ type: 'warned', message });
  }

  readonly #askedToEnd = (): void => {
    const { reason } = this.#options.signal;
    this.#note({
      type: 'stopped',
      verdict: 'Aborted',
      reason: 'Asked',
      message: `somebody asked for the end${typeof reason === 'string' ? `: ${reason}` : ''}`,
    });
  };

  async #untilNext(wakeAtMs: number): Promise<void> {
    if (this.#run.phase === 'over') return;
    const ms = Math.min(this.#options.world.lookEveryMs, Math.max(0, wakeAtMs - this.#nowMs));
    await sleep(ms, { clock: this.#options.clock, signal: this.#awake.signal });
  }
}
