/**
 * Random traffic through random faults, armed and disarmed while it flows. At the end nothing is armed, and every
 * byte that was sent is there, in order, as often as it was sent.
 */
import assert from 'node:assert/strict';
import { createHash, type Hash } from 'node:crypto';
import { test } from 'node:test';
import { total } from '../../../../sidecar/tcp/tcp-counters.js';
import { SeededRandom } from '../../../seeded-random.js';
import { type DrivenProxy, type Pair, withProxy } from './driven-proxy.js';
import type { RawSocket } from './raw-socket.js';

const seeds = Array.from({ length: 12 }, () => Math.floor(Math.random() * 2 ** 32));
const steps = 1500;

/** Nothing here may lose or change a byte. */
const sentences: readonly string[] = [
  'tcp latency 20ms',
  'tcp latency 5ms jitter 5ms',
  'tcp latency 40ms jitter 40ms chance 50% from 127.0.0.1',
  'tcp bandwidth 1Mi/s',
  'tcp bandwidth 300Ki/s each to 127.0.0.1',
  'tcp blackhole',
  'tcp blackhole from 127.0.0.1 for 50ms',
  'tcp slice 700B',
  'tcp slice 3Ki chance 30% to 127.0.0.1',
  'tcp slow-close 30ms',
  'tcp refuse',
  'tcp corrupt 5 bits from 203.0.113.1',
  'tcp reset after 1Gi',
  'tcp latency 1h every 3rd for 20ms',
];

for (const seed of seeds) {
  test(`whatever is armed meanwhile, all bytes arrive (seed ${seed})`, () => {
    withProxy((proxy) => {
      const random = new SeededRandom(seed);
      const talks = Array.from({ length: 4 }, () => new Talk(proxy.connect()));
      for (let step = 0; step < steps; step++) disturb(proxy, talks, random);
      proxy.disarmAll();
      for (const talk of talks) talk.finish(proxy);
      assert.equal(proxy.counters.total(total.held), 0);
    });
  });
}

function disturb(proxy: DrivenProxy, talks: readonly Talk[], random: SeededRandom): void {
  const talk = random.one(talks);
  switch (random.integer(8)) {
    case 0:
      proxy.arm(`fault-${random.integer(6)}`, random.one(sentences));
      break;
    case 1:
      proxy.disarm(`fault-${random.integer(6)}`);
      break;
    case 2:
      proxy.nowMs += random.integer(30);
      break;
    case 3:
    case 4:
      talk.say(random);
      break;
    case 5:
      talk.hear(random);
      break;
    default:
      proxy.turn();
  }
}

/** Both sides of a connection, each saying something, and hearing what the other says now and then. */
class Talk {
  readonly #ways: readonly [Line, Line];

  constructor({ client, server }: Pair) {
    this.#ways = [new Line(client, server), new Line(server, client)];
  }

  say(random: SeededRandom): void {
    this.#ways[random.integer(2) === 0 ? 0 : 1].say(random);
  }

  hear(random: SeededRandom): void {
    this.#ways[random.integer(2) === 0 ? 0 : 1].hear(1 + random.integer(200_000));
  }

  finish(proxy: DrivenProxy): void {
    for (const line of this.#ways) line.from.endWriting();
    for (const line of this.#ways) line.finish(proxy);
  }
}

class Line {
  readonly #said: Hash = createHash('sha1');
  readonly #heard: Hash = createHash('sha1');
  readonly #to: RawSocket;

  constructor(
    readonly from: RawSocket,
    to: RawSocket,
  ) {
    this.#to = to;
  }

  say(random: SeededRandom): void {
    const bytes = random.bytes(1 + random.integer(3000));
    const sent = this.from.write(bytes);
    assert.equal(typeof sent, 'number');
    this.#said.update(bytes.subarray(0, Number(sent)));
  }

  hear(most: number): void {
    const read = this.#to.read(most);
    if (typeof read !== 'string') this.#heard.update(read);
    else assert.equal(read, 'nothing');
  }

  finish(proxy: DrivenProxy): void {
    for (let read = proxy.read(this.#to); read !== 'end'; read = proxy.read(this.#to)) {
      assert.notEqual(typeof read, 'string', `${read}`);
      this.#heard.update(read);
    }
    assert.equal(this.#heard.digest('hex'), this.#said.digest('hex'));
  }
}
