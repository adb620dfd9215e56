/** One run of a random experiment in a simulated world, whose executor dies again and again. Everything follows from the options. */

import { afterEvent } from '../../../experiment/engine/after-event.js';
import { timeToHoldMs } from '../../../experiment/engine/hypothesis.js';
import { judge } from '../../../experiment/engine/judge.js';
import { limits } from '../../../experiment/engine/limits.js';
import { type Plan, planOf } from '../../../experiment/engine/plan.js';
import { newRun, type Run } from '../../../experiment/engine/run.js';
import type { Probe } from '../../../experiment/file/probe.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import type { JournalEvent, Measurement, Outcome } from '../../../experiment/journal/events.js';
import { measure } from '../../../experiment/probes/measure.js';
import { execute } from '../../../experiment/run/execute.js';
import { localSecret } from '../../../experiment/secret.js';
import { ManualClock } from '../../core/manual-clock.js';
import { SeededRandom } from '../../seeded-random.js';
import { type LedgerFate, simulatedLedger } from './simulated-ledger.js';
import { SimulatedWorld, type Trouble } from './simulated-world.js';

export interface Simulation {
  readonly seed: number;
  readonly trouble: Trouble;
  /** Of each measurement while faults are on: the chance that it is not a success. */
  readonly failing: number;
  readonly ledger: LedgerFate;
  /** Of each event that is written: the chance that the executor dies just before or just after. */
  readonly dies: number;
  /** Somebody asks for the end then; null: nobody does. */
  readonly askedAtMs: number | null;
}

export interface Simulated {
  readonly plan: Plan;
  readonly events: readonly JournalEvent[];
  readonly run: Run;
  readonly world: SimulatedWorld;
  readonly deaths: number;
  /** What must never be. */
  readonly flaws: readonly string[];
}

/** Turns of the event loop in which nobody waits for time. */
const mostIdle = 100;

class Death extends Error {}

const mostDeaths = 12;

export async function simulate(options: Simulation): Promise<Simulated> {
  const random = new SeededRandom(options.seed);
  const plan = randomPlan(random, options.ledger);
  const ledger = simulatedLedger(options.ledger, random, options.trouble.refuses);
  const clock = new ManualClock(1_800_000_000_000);
  const events: JournalEvent[] = [];
  const isAsked = (fault: string): boolean =>
    events.some((event) => event.type === 'fault-asked' && event.fault === fault);
  const world = new SimulatedWorld(clock, random, options.trouble, isAsked);
  const flaws: string[] = [];
  let deaths = 0;
  const mortal = (): boolean => deaths < mostDeaths && random.chance(options.dies);
  const stop = new AbortController();
  if (options.askedAtMs !== null) clock.after(options.askedAtMs, () => stop.abort('test'));

  const life = async (): Promise<void> => {
    let isDead = false;
    const die = (): never => {
      isDead = true;
      deaths += 1;
      throw new Death();
    };
    await execute({
      plan,
      world,
      clock,
      past: [...events],
      version: '0',
      ledger,
      signal: stop.signal,
      flush: async () => {},
      append: (event) => {
        // What a dead one had begun comes to its end, and is written by nobody.
        if (isDead) throw new Death();
        if (mortal()) die();
        events.push(event);
        if (saysGone(plan, events, event, world))
          flaws.push(`${event.type}: it is said to be gone, and runs`);
        if (mortal()) die();
      },
      measure: (question, signal) =>
        question.subject.kind === 'ledger'
          ? measure(question, {
              clock,
              signal,
              variables: {},
              ledger: () => ledger?.now() ?? null,
              secret: localSecret,
            })
          : measured(random, clock, options.failing),
    });
  };
  const lives = async (): Promise<void> => {
    for (;;) {
      try {
        return await life();
      } catch (error) {
        if (!(error instanceof Death)) throw error;
      }
    }
  };
  const boundMs = boundOf(plan);
  await toTheEnd(lives(), clock, boundMs);
  const run = events.reduce(afterEvent, newRun);
  return {
    plan,
    events,
    run,
    world,
    deaths,
    flaws: [...flaws, ...world.flaws, ...flawsOf(plan, run, events, world)],
  };
}

/** A step that kills has ended well, and what it killed runs. */
function saysGone(
  { steps, finally: last }: Plan,
  events: readonly JournalEvent[],
  event: JournalEvent,
  world: SimulatedWorld,
): boolean {
  if (event.type !== 'step-ended' || event.outcome !== 'done') return false;
  const action = [...steps, ...last.steps].find(({ id }) => id === event.step)?.action;
  const began = events.find((other) => other.type === 'step-began' && other.step === event.step);
  if (action?.kind !== 'kill' || action.signal === 'STOP' || began?.type !== 'step-began') return false;
  return began.pid !== undefined && world.runs(began.pid);
}

/** Nothing takes longer than its bounds together. */
const boundOf = (plan: Plan): number =>
  plan.timeLimitMs +
  plan.recoveryObjectiveMs * limits.recoveryPatience +
  timeToHoldMs(plan) +
  plan.finally.timeLimitMs +
  2 * limits.faultsOffMs +
  limits.crashMs +
  limits.readBackMs +
  60_000;

async function toTheEnd(work: Promise<void>, clock: ManualClock, boundMs: number): Promise<void> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  ended.catch(() => {});
  for (let idle = 0; ; ) {
    // What was begun goes as far as it can without time passing.
    await new Promise(setImmediate);
    if (isOver) return ended;
    if (clock.monotonicMs() > boundMs) throw new Error(`no end after ${boundMs} ms`);
    idle = clock.pending === 0 ? idle + 1 : 0;
    if (idle > mostIdle) throw new Error('nothing is waited for, and it is not over');
    if (idle === 0) clock.advance(clock.nextInMs());
  }
}

async function measured(random: SeededRandom, clock: ManualClock, failing: number): Promise<Measurement> {
  const tookMs = 1 + random.integer(30);
  await new Promise<void>((resolve) => clock.after(tookMs, resolve));
  const outcome: Outcome = random.chance(failing)
    ? random.one(['Failed', 'Inconclusive', 'Error'])
    : 'Successful';
  return { outcome, seen: outcome, tookMs };
}

function randomPlan(random: SeededRandom, ledger: LedgerFate): Plan {
  const seconds = (most: number): string => `${1 + random.integer(most)}s`;
  const leaf = (): object =>
    random.one([
      () => ({ fault: `disk latency 10ms on fsync for ${seconds(4)}` }),
      () => ({
        fault: `disk error EIO on read for ${seconds(3)}`,
        ...(random.chance(0.3) && { timeLimit: '2s' }),
      }),
      () => ({ wait: { for: seconds(2) } }),
      () => ({ wait: { until: 'elapsed > 3.0' }, timeLimit: '5s' }),
      () => ({
        kill: {
          process: random.one(['command', 'fault-proxy']),
          signal: random.one(['KILL', 'TERM', 'STOP']),
        },
      }),
      () => ({ probe: { tcp: { address: '127.0.0.1:1' } } }),
    ])();
  const some = (make: () => object): object[] => Array.from({ length: 1 + random.integer(3) }, make);
  const step = (): object =>
    random.one([
      leaf,
      leaf,
      () => ({ parallel: some(leaf) }),
      () => ({ repeat: { times: 1 + random.integer(2), steps: some(leaf) } }),
      () => ({ ramp: { fault: 'disk latency {value} on write for 1s', values: ['1ms', '2ms'] } }),
    ])();
  const probe = (_: unknown, index: number): object => ({
    name: `p${index}`,
    tcp: { address: '127.0.0.1:1' },
    interval: random.one(['200ms', '1s']),
    abort: random.chance(0.2),
    tolerance: {
      before: random.one([{}, {}, { successes: 1 }, { failures: 0 }, { stableFor: '1s', consecutive: 1 }]),
      during: random.one([{}, { failures: 3 }, { consecutive: 2 }, { failures: 5, consecutive: 1 }]),
      after: random.one([{}, {}, { stableFor: '2s' }, { successes: 3, failures: 2 }, { consecutive: 0 }]),
    },
  });
  const ledgerProbe = {
    name: 'ledger',
    ledger: {},
    interval: '500ms',
    tolerance: { during: { failures: random.integer(20) } },
  };
  const probes = [
    ...Array.from({ length: random.one([0, 1, 1, 2, 2]) }, probe),
    ...(ledger !== 'none' && random.chance(0.3) ? [ledgerProbe] : []),
  ];
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'random' },
    spec: {
      hypothesis: { probes, settle: '10s' },
      steps: some(step),
      ...(random.chance(0.5) && {
        finally: { steps: [{ name: 'last', wait: { for: '1s' } }], timeLimit: '5s' },
      }),
      local: { disks: [{ name: 'data' }], restart: 'onFailure' },
      ...(ledger !== 'none' && {
        ledger: { redis: { url: 'redis://127.0.0.1:1' }, crashBeforeReadBack: random.chance(0.3) },
      }),
      ...(random.chance(0.3) && { recovery: { replication: { tcp: { address: '127.0.0.1:1' } } } }),
      recoveryObjective: '5s',
      timeLimit: random.one(['5s', '60s']),
    },
  };
  const reading = readExperiment(JSON.stringify(file));
  if (reading.kind === 'problems') throw new Error(JSON.stringify(reading.problems));
  return planOf(reading.experiment);
}

function flawsOf(
  plan: Plan,
  run: Run,
  events: readonly JournalEvent[],
  world: SimulatedWorld,
): readonly string[] {
  const flaws: string[] = [];
  const { judgement } = run;
  if (judgement === null) return ['there is no verdict'];
  const left = world.armed();
  if (left.length > 0 && judgement.reason !== 'FaultLeft')
    flaws.push(`${left.join(', ')} is armed after the end`);
  const finallyMissing = plan.finally.steps.filter(({ id }) => !run.steps.has(id));
  if (finallyMissing.length > 0) flaws.push(`${finallyMissing.map(({ id }) => id).join(', ')} never began`);
  const before = events.slice(
    0,
    events.findIndex(({ type }) => type === 'judged'),
  );
  const again = judge(plan, before.reduce(afterEvent, newRun));
  if (again.verdict !== judgement.verdict || again.message !== judgement.message)
    flaws.push(
      `the journal says ${again.verdict}: ${again.message}; told was ${judgement.verdict}: ${judgement.message}`,
    );
  const isLost = run.ledger?.read?.data === 'Lost';
  if (isLost && judgement.reason !== 'DataLost' && judgement.reason !== 'FaultLeft')
    flaws.push(`data is lost, and the verdict is ${judgement.reason}`);
  if (judgement.message === '') flaws.push('the verdict says nothing');
  if (events.filter(({ type }) => type === 'judged').length !== 1)
    flaws.push('there is more than one verdict');
  if (judgement.verdict === 'Passed') flaws.push(...flawsOfPass(plan, run, events, world));
  return flaws;
}

/** Counted once more, from what was measured. */
function flawsOfProbe({ name, tolerances }: Probe, events: readonly JournalEvent[]): readonly string[] {
  return (['before', 'during', 'after'] as const).flatMap((phase) => {
    const outcomes = events.flatMap((event) =>
      event.type === 'measured' && event.probe === name && event.phase === phase ? [event.outcome] : [],
    );
    const counted = phase === 'during' ? outcomes : outcomes.slice(outcomes.indexOf('Successful'));
    const failed = counted.filter((outcome) => outcome === 'Failed').length;
    const rows = counted
      .map((outcome) => (outcome === 'Failed' ? 'x' : ' '))
      .join('')
      .split(' ');
    const { failures, consecutive } = tolerances[phase];
    const row = Math.max(...rows.map(({ length }) => length));
    const isBroken = failed > (failures ?? failed) || row > (consecutive ?? row);
    return isBroken ? [`passed, and ${name} failed ${failed} times ${phase}, ${row} in a row`] : [];
  });
}

function flawsOfPass(
  plan: Plan,
  run: Run,
  events: readonly JournalEvent[],
  world: SimulatedWorld,
): readonly string[] {
  const flaws: string[] = [];
  if (plan.probes.length === 0 && !plan.hasLedger) flaws.push('passed without a probe and a ledger');
  if (plan.hasLedger && run.ledger?.read?.data !== 'Intact')
    flaws.push('passed, and the data is not known to be intact');
  if (run.ledger?.read?.registers === 'Illegal')
    flaws.push('passed, and the registers contradict each other');
  for (const probe of plan.probes) {
    const tally = run.tallies.during.get(probe.name);
    if (tally === undefined || tally.successful + tally.failed < plan.minimumMeasurements)
      flaws.push(`passed, and ${probe.name} was hardly measured`);
    flaws.push(...flawsOfProbe(probe, events));
  }
  for (const { action, id } of [...plan.steps, ...plan.crash]) {
    if (run.steps.get(id)?.ended?.outcome !== 'done') flaws.push(`passed, and ${id} was not done`);
    if (action.kind === 'fault' && !world.known.get(action.fault)?.injected)
      flaws.push(`passed, and ${id} hit nothing`);
  }
  return flaws;
}
