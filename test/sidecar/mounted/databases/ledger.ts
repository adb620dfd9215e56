/** Inserts rows and remembers which the database acknowledged: none of those may be missing, whatever happened. */
import pg from 'pg';
import type { Postgres } from './postgres.js';

const writers = 4;

export class Ledger {
  readonly acknowledged = new Set<number>();
  readonly #pool: pg.Pool;
  readonly #writing: Promise<void>[] = [];
  #next = 0;
  #stopped = false;
  /** The reasons it gave for what it refused. */
  readonly refused: string[] = [];
  readonly #postgres: Postgres;

  private constructor(postgres: Postgres) {
    this.#postgres = postgres;
    this.#pool = new pg.Pool({
      host: postgres.socketDirectory,
      user: 'app',
      database: 'postgres',
      max: writers,
      connectionTimeoutMillis: 10_000,
    });
    this.#pool.on('error', () => {});
  }

  static async open(postgres: Postgres): Promise<Ledger> {
    const ledger = new Ledger(postgres);
    await ledger.#pool.query(
      'drop table if exists ledger; create table ledger (id int primary key, text text)',
    );
    return ledger;
  }

  start(): void {
    for (let writer = 0; writer < writers; writer += 1) this.#writing.push(this.#write());
  }

  /** Ends the writing; then looks for what was acknowledged and is not there. */
  async missing(): Promise<readonly number[]> {
    this.#stopped = true;
    await Promise.all(this.#writing);
    await this.#pool.end();
    const { stdout } = await this.#postgres.query('select id from ledger where length(text) = 200');
    const present = new Set(stdout.trim().split('\n').map(Number));
    return [...this.acknowledged].filter((id) => !present.has(id));
  }

  async #write(): Promise<void> {
    while (!this.#stopped) {
      this.#next += 1;
      const id = this.#next;
      try {
        await this.#pool.query("insert into ledger values ($1, repeat('x', 200))", [id]);
        this.acknowledged.add(id);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.refused.push(error.message);
        await new Promise((next) => setImmediate(next));
      }
    }
  }
}
