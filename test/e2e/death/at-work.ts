/**
 * An environment that goes on over several tests: one database at work, its clients coming by two ways.
 *
 *     clients ─ the cluster's network ─► proxy ─► PostgreSQL ─► disk that is served
 *     clients ─ the pod's own loopback ────────────►┘
 */
import type { TestContext } from 'node:test';
import { Environment, type EnvironmentOptions } from '../environment.js';
import { eventually } from '../eventually.js';
import { assertKept, withConnection } from './books.js';
import { Database, type Incarnation } from './database.js';
import { type DatabaseSetOptions, postgresPort } from './database-set.js';
import { Load, numbers, tellTransactions } from './load.js';
import { Relay } from './relay.js';
import { type Address, createTables } from './tables.js';
import type { Transaction } from './transaction.js';

export type WorkOptions = EnvironmentOptions & Pick<DatabaseSetOptions, 'annotations' | 'graceS'>;

/** By which the disk alone is judged: nothing of ours is on it. */
export const loopback = 'by the loopback';
export const proxied = 'through the proxy';

const workMs = 60_000;

export class AtWork {
  readonly told: Transaction[] = [];
  readonly #ids = numbers();
  #relays: readonly Relay[] = [];
  #load: Load | null = null;

  private constructor(
    readonly environment: Environment,
    readonly database: Database,
    public at: Incarnation,
  ) {}

  static async open({ annotations = {}, graceS = 10, ...options }: WorkOptions): Promise<AtWork> {
    const environment = await Environment.open({ ...options, volumesPerNode: 1 });
    try {
      const database = await Database.create(environment, {
        name: 'db',
        isInjected: true,
        annotations,
        graceS,
      });
      const atWork = new AtWork(environment, database, await database.incarnation());
      await atWork.enter();
      await withConnection(atWork.address(loopback), createTables);
      return atWork;
    } catch (error) {
      const told = await environment.tell();
      await environment.close();
      throw new Error(told, { cause: error });
    }
  }

  /** Fails with what happened in the environment, too. */
  async act(t: TestContext, play: () => Promise<void>): Promise<void> {
    try {
      await play();
    } catch (error) {
      t.diagnostic(await this.environment.tell());
      throw error;
    } finally {
      this.#load?.abandon();
      this.#load = null;
    }
  }

  /** Into the networks of the pod that there is now. */
  async enter(): Promise<void> {
    await this.leave();
    this.at = await this.database.incarnation();
    const [inside] = this.at.processes.called('postgres');
    if (inside === undefined) throw new Error(`no PostgreSQL runs: ${this.at.processes.tell()}`);
    this.#relays = await Promise.all([
      Relay.start({ pid: inside.pid, host: '127.0.0.1', port: postgresPort }),
      Relay.start({ pid: this.environment.own.control.pid, host: this.at.address, port: postgresPort }),
    ]);
  }

  address(way: typeof loopback | typeof proxied): Address {
    const relay = this.#relays[way === loopback ? 0 : 1];
    if (relay === undefined) throw new TypeError('not in the networks of a pod');
    return relay.address;
  }

  /** Resolves once both ways are at work. */
  async begin(): Promise<Load> {
    const ways = { [loopback]: this.address(loopback), [proxied]: this.address(proxied) };
    this.#load = new Load(ways, this.#ids);
    await this.goesOn();
    return this.#load;
  }

  /** Some more is acknowledged on each way. */
  async goesOn(boundMs = workMs): Promise<void> {
    const load = this.#load;
    if (load === null) throw new TypeError('nobody is at work');
    const acknowledged = (way: string): number =>
      load.ways[way]?.filter(({ outcome }) => outcome === 'acknowledged').length ?? 0;
    for (const way of Object.keys(load.ways)) {
      const enough = acknowledged(way) + 20;
      const more = async (): Promise<boolean | string> =>
        acknowledged(way) >= enough || `${acknowledged(way)} of ${enough}`;
      await eventually(`clients ${way} get on`, more, { boundMs });
    }
  }

  /** Tells what the clients saw, and keeps it for the books. */
  async end(t: TestContext): Promise<Load> {
    const load = this.#load;
    if (load === null) throw new TypeError('nobody is at work');
    await load.stop();
    return this.#note(t, load);
  }

  /** Where the pod is gone: whoever still waits for an answer is cut off. */
  async breakOff(t: TestContext): Promise<Load> {
    const load = this.#load;
    if (load === null) throw new TypeError('nobody is at work');
    load.abandon();
    await this.leave();
    await load.stop();
    return this.#note(t, load);
  }

  #note(t: TestContext, load: Load): Load {
    this.#load = null;
    this.told.push(...load.all);
    for (const [way, transactions] of Object.entries(load.ways))
      t.diagnostic(`${way}: ${tellTransactions(transactions)}`);
    return load;
  }

  /** Every row that was ever acknowledged. */
  async assertKept(t: TestContext): Promise<void> {
    const kept = await assertKept(this.address(loopback), this.told);
    const { there, gone } = kept.unknown;
    t.diagnostic(
      `${kept.acknowledged} acknowledged in all, all there; of the unknown ${there} there, ${gone} not`,
    );
  }

  /** The pod has no owner from now on: when it is gone nobody makes another, and the volume rests. */
  async orphan(): Promise<void> {
    await this.environment.succeed(['delete', 'statefulset', this.database.name, '--cascade=orphan']);
  }

  /** Another pod, on the same volume. */
  async renew(): Promise<void> {
    await this.database.make();
    await this.enter();
  }

  async leave(): Promise<void> {
    for (const relay of this.#relays) await relay.close();
    this.#relays = [];
  }

  async close(): Promise<void> {
    await this.leave();
    await this.environment.close();
  }
}
