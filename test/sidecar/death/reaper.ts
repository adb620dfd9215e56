/** Kills the fault proxy again and again while something works on its volumes. */
import type { Sidecar } from '../../../sidecar/supervise/local/local-options.js';

const everyMs = 2000;

/** How long each trial lasts: short by default, as long as one likes by hand. */
export const deathSeconds = Number(process.env['HAVOCK8S_DEATH_SECONDS'] ?? 20);

export class Reaper {
  readonly #timer: NodeJS.Timeout;
  #last = 0;
  kills = 0;

  constructor(sidecar: Sidecar) {
    this.#timer = setInterval(() => this.#reap(sidecar.proxyPid()), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One that is being replaced just now is left alone. */
  #reap(pid: number): void {
    if (pid === this.#last) return;
    this.#last = pid;
    process.kill(pid, 'SIGKILL');
    this.kills += 1;
  }
}
