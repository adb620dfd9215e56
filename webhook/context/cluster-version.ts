/** Which Kubernetes this is, asked at the start and now and then: upgraded, it may have sidecars that it had not. */
import { isObject } from '../../core/json.js';
import { contextLimits } from './limits.js';

export interface ClusterVersionOptions {
  /** What `/version` answers. */
  readonly ask: () => Promise<unknown>;
  /** Runs once after `ms`, and returns the way to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onFailure: (error: unknown) => void;
}

export class ClusterVersion {
  readonly #options: ClusterVersionOptions;
  #minor: number | null = null;
  #isStopped = false;
  #callOff = (): void => {};

  constructor(options: ClusterVersionOptions) {
    this.#options = options;
    void this.#refresh();
  }

  /** Of Kubernetes 1.MINOR; null while nobody has told. */
  get minor(): number | null {
    return this.#minor;
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff();
  }

  async #refresh(): Promise<void> {
    const minor = await this.#ask();
    if (this.#isStopped) return;
    this.#minor = minor ?? this.#minor;
    const { versionMs, versionRetryMs } = contextLimits;
    this.#callOff = this.#options.after(
      minor === null ? versionRetryMs : versionMs,
      () => void this.#refresh(),
    );
  }

  async #ask(): Promise<number | null> {
    try {
      return minorOf(await this.#options.ask());
    } catch (error) {
      this.#options.onFailure(error);
      return null;
    }
  }
}

/** Providers write `34+`. A major that is not 1 is newer than anything we ask about. */
export function minorOf(version: unknown): number | null {
  if (!isObject(version)) return null;
  const { major, minor } = version;
  const digits = typeof minor === 'string' ? /^(\d{1,4})\+?$/.exec(minor)?.[1] : undefined;
  if (typeof major !== 'string' || digits === undefined || !/^\d{1,4}$/.test(major)) return null;
  return Number(major) > 1 ? Number.POSITIVE_INFINITY : Number(digits);
}
