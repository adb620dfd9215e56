/**
 * Writes to each of three databases, one after the other, and keeps what each acknowledged, to be asked for it
 * afterwards.
 */
import type { Environment } from '../environment.js';
import { names } from './three-databases.js';

export interface Account {
  /** Of each database. */
  readonly acknowledged: readonly number[];
  readonly missing: number;
}

/** A database that is away costs a second at most. */
const writing = `rm -f /tmp/acknowledged /tmp/over; n=0
until [ -e /tmp/over ]; do
  for db in ${names.join(' ')}; do
    [ "$(timeout 1 redis-cli -h $db.db SET key:$n $n 2>/dev/null)" = OK ] && echo "$db $n" >>/tmp/acknowledged
  done
  n=$((n + 1)); sleep 0.1
done
touch /tmp/done`;

/** Answers come in the order of the questions. */
const asking = `awk -v db=$1 '$1 == db { print $2 }' /tmp/acknowledged >/tmp/wanted
sed 's/^/GET key:/' /tmp/wanted | redis-cli -h $1.db >/tmp/found
echo "$(wc -l </tmp/wanted) $(paste /tmp/wanted /tmp/found | awk '$1 != $2' | wc -l)"`;

export class Ledger {
  readonly #environment: Environment;
  private constructor(environment: Environment) {
    this.#environment = environment;
  }

  static async open(environment: Environment): Promise<Ledger> {
    await environment.exec('writer', 'writer', [
      'setsid',
      '--fork',
      'sh',
      '-c',
      `exec >/dev/null 2>&1; ${writing}`,
    ]);
    return new Ledger(environment);
  }

  async close(): Promise<Account> {
    const environment = this.#environment;
    const inWriter = (script: string, ...words: readonly string[]): Promise<string> =>
      environment.exec('writer', 'writer', ['timeout', '50', 'sh', '-ec', script, 'sh', ...words]);
    await inWriter('touch /tmp/over; until [ -e /tmp/done ]; do sleep 0.2; done');
    const counts = [];
    for (const name of names) counts.push((await inWriter(asking, name)).trim().split(' ').map(Number));
    return {
      acknowledged: counts.map(([acknowledged = 0]) => acknowledged),
      missing: counts.reduce((sum, [, missing = Number.NaN]) => sum + missing, 0),
    };
  }
}
