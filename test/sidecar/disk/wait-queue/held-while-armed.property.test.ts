/** Random faults, armed and disarmed in a random order while requests wait for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArmedFaults } from '../../../../faults/armed-faults.js';
import type { DiskDecision } from '../../../../faults/decision.js';
import { armedFaultsOf, decisionOf } from '../../../faults/armed-faults-of.js';
import { SeededRandom } from '../../../seeded-random.js';
import { messageOf, type QueueOnClock, queueOnClock, stat } from './queue-on-clock.js';

const slots = 6;

/** An armed fault as the queue's test knows it: what it does to each request that comes while it is armed. */
interface Armed {
  readonly kind: 'latency' | 'freeze' | 'throttle' | 'error';
  readonly ms: number;
  readonly sentence: string;
  /** Under which version; the next fault in the slot has another one. */
  readonly since: number;
}

interface Sent {
  readonly arrivedMs: number;
  /** What was armed when it came, by slot. */
  readonly met: ReadonlyMap<number, Armed>;
}

class Model {
  readonly armed = new Map<number, Armed>();
  readonly sent = new Map<string, Sent>();
  version = 1;
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Arms another fault in some slot, or disarms what is there, or both in one step. */
  change(): ArmedFaults {
    this.version++;
    for (let changes = 1 + this.#random.integer(3); changes > 0; changes--) {
      const slot = this.#random.integer(slots);
      if (this.#random.chance(0.5)) this.armed.delete(slot);
      else this.armed.set(slot, this.#newFault());
    }
    return this.plan();
  }

  plan(): ArmedFaults {
    const faults = [...this.armed].map(([slot, { sentence, since }]) => {
      const [armed] = armedFaultsOf(sentence).faults;
      return { ...(armed ?? assert.fail(sentence)), slot, name: `fault-${since}` };
    });
    return { version: this.version, faults };
  }

  #newFault(): Armed {
    const kind = this.#random.one(['latency', 'freeze', 'throttle', 'error'] as const);
    const ms = 1 + this.#random.integer(300);
    const sentence = {
      latency: `disk latency ${ms}ms`,
      freeze: 'disk freeze',
      throttle: 'disk throttle 20 iops',
      error: 'disk error EIO',
    }[kind];
    return { kind, ms, sentence, since: this.version };
  }

  decision(): DiskDecision {
    const of = (kind: Armed['kind']): readonly (readonly [slot: number, fault: Armed])[] =>
      [...this.armed].filter(([, fault]) => fault.kind === kind);
    return decisionOf({
      version: this.version,
      delays: of('latency').map(([slot, { ms }]) => ({ slot, ms })),
      freezes: of('freeze').map(([slot]) => ({ slot })),
      throttles: of('throttle').map(([slot]) => ({ slot, unit: 'operations', perSecond: 20 })),
      refusals: of('error').map(([slot]) => ({ slot, errno: 'EIO' })),
    });
  }

  /** The faults a request met that are the same ones still. */
  still({ met }: Sent): readonly (readonly [slot: number, fault: Armed])[] {
    return [...met].filter(([slot, { since }]) => this.armed.get(slot)?.since === since);
  }
}

/** Of what still holds the request: nothing, only a throttle, which lets go at its own time, or a delay or a freeze. */
function holding(model: Model, sent: Sent, nowMs: number): 'nothing' | 'tokens' | 'more' {
  const still = model.still(sent).map(([, fault]) => fault);
  const delayMs = still.reduce((sum, { kind, ms }) => sum + (kind === 'latency' ? ms : 0), 0);
  if (still.some(({ kind }) => kind === 'freeze') || (delayMs > 0 && nowMs < sent.arrivedMs + delayMs))
    return 'more';
  return still.some(({ kind }) => kind === 'throttle') ? 'tokens' : 'nothing';
}

function checkStep(model: Model, waiting: QueueOnClock, seed: string): void {
  for (const unique of waiting.happened()) {
    const sent = model.sent.get(unique) ?? assert.fail(`${seed}: ${unique} was answered twice`);
    assert.notEqual(holding(model, sent, waiting.nowMs()), 'more', `${seed}: ${unique} went on too early`);
    assert.deepEqual(
      waiting.decisionOn(unique)?.refusals.map(({ slot }) => slot),
      model.still(sent).flatMap(([slot, { kind }]) => (kind === 'error' ? [slot] : [])),
      `${seed}: ${unique} is refused by other faults than those that are armed`,
    );
    model.sent.delete(unique);
  }
  for (const [unique, sent] of model.sent)
    assert.notEqual(
      holding(model, sent, waiting.nowMs()),
      'nothing',
      `${seed}: ${unique} waits for a fault that is not armed`,
    );
}

for (let seed = 1; seed <= 40; seed++)
  test(`a request goes on exactly when no armed fault holds it any more, seed ${seed}`, (t) => {
    const random = new SeededRandom(seed);
    const model = new Model(random);
    const waiting = queueOnClock(t);
    for (let step = 1; step <= 300; step++) {
      const what = random.integer(3);
      if (what === 0) waiting.queue.follow(model.change());
      else if (what === 1) send(model, waiting, step);
      else waiting.advance(1 + random.integer(40));
      checkStep(model, waiting, `seed ${seed}, step ${step}`);
    }
    waiting.queue.follow({ version: model.version + 1, faults: [] });
    model.armed.clear();
    checkStep(model, waiting, `seed ${seed}, the end`);
    assert.deepEqual([waiting.queue.size, model.sent.size], [0, 0]);
  });

function send(model: Model, waiting: QueueOnClock, unique: number): void {
  const arrivedMs = waiting.nowMs();
  model.sent.set(`${unique}`, { arrivedMs, met: new Map(model.armed) });
  waiting.queue.wait(messageOf(stat(unique, 2 + (unique % 3)), arrivedMs, model.decision()));
}
