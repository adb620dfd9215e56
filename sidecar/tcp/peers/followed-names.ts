/** The names that somebody needs the addresses of, looked up again and again while they are needed. */

import type { Clock } from '../../../core/clock.js';
import { within } from '../../../core/sleep.js';
import type { Prefix } from '../../../faults/peer-set.js';
import { writeAddress } from '../../../faults/values/address.js';
import { proxyTimeouts } from '../../proxy/timeouts.js';
import { limits } from '../limits.js';

export interface FollowedNamesOptions {
  readonly clock: Clock;
  readonly lookUp: (name: string) => Promise<readonly Prefix[]>;
  /** Some name has other addresses than before. */
  readonly onChange: () => void;
}

export class FollowedNames {
  readonly #known = new Map<string, readonly Prefix[]>();
  #wanted: ReadonlySet<string> = new Set();
  /** Calls the next round off; null: none is to come. */
  #cancel: (() => void) | null = null;
  /** What whoever asked knows of. */
  #told = '';
  readonly #options: FollowedNamesOptions;

  constructor(options: FollowedNamesOptions) {
    this.#options = options;
  }

  /** What was found last; a name that is not to be found has none. */
  get addresses(): ReadonlyMap<string, readonly Prefix[]> {
    return this.#known;
  }

  /** Follows these and no others. Resolves when new ones were looked up, or that took too long. */
  async follow(names: ReadonlySet<string>): Promise<void> {
    this.#wanted = names;
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    const fresh = [...names].filter((name) => !this.#known.has(name));
    if (names.size === 0) this.#stop();
    else if (this.#cancel === null) this.#schedule();
    await this.#lookUpWithin(proxyTimeouts.firstLookUpMs, fresh);
    this.#told = fingerprint(this.#known);
  }

  close(): void {
    this.#stop();
    this.#wanted = new Set();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    const cancel = this.#options.clock.after(limits.followMs, () => {
      void this.#lookUpWithin(limits.lookUpMs, [...this.#wanted]).then(() => {
        // Stopped meanwhile, and perhaps begun again: that round goes on by itself.
        if (this.#cancel !== cancel) return;
        this.#schedule();
        const found = fingerprint(this.#known);
        if (found === this.#told) return;
        this.#told = found;
        this.#options.onChange();
      });
    });
    this.#cancel = cancel;
  }

  /** One that answers later is heard at the next round. */
  async #lookUpWithin(ms: number, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await within(ms, Promise.all(names.map((name) => this.#look(name))), this.#options.clock);
  }

  async #look(name: string): Promise<void> {
    const found = await this.#options.lookUp(name);
    if (this.#wanted.has(name)) this.#known.set(name, found);
  }
}

function fingerprint(known: ReadonlyMap<string, readonly Prefix[]>): string {
  const lines = [...known].map(([name, prefixes]) => {
    const addresses = prefixes.map(({ bytes }) => writeAddress(bytes)).sort();
    return `${name} ${addresses.join(' ')}`;
  });
  return lines.sort().join('\n');
}
