/** One server that is measured, as a process on a core of its own, and asked by another process on another core. */
import { fileURLToPath } from 'node:url';
import { Daemon } from '../../programs/daemon.js';
import { run } from '../../programs/run.js';
import { processorMs } from '../machine.js';
import { onCore, twoCores } from './cores.js';

const programOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Collecting all garbage of a process that has just answered a hundred thousand reviews takes a while. */
const patienceMs = 20_000;

export interface ReviewServerOptions {
  /** Whose patch, as server-main.ts knows it. */
  readonly name: string;
  readonly certificate: CertificateFiles;
  readonly signal: AbortSignal;
}

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** In bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}

export interface Load extends Reviews {
  readonly path: '/inject' | '/validate-faults';
  readonly pod: 'usual' | 'large';
  /** Each asks again once it was answered. */
  readonly connections: number;
}

export interface Reviews {
  readonly warmUp: number;
  readonly measured: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export class ReviewServer implements AsyncDisposable {
  readonly #daemon: Daemon;
  readonly #port: number;
  readonly #options: ReviewServerOptions;
  #asked = 0;

  private constructor(daemon: Daemon, port: number, options: ReviewServerOptions) {
    this.#daemon = daemon;
    this.#port = port;
    this.#options = options;
  }

  static async start(options: ReviewServerOptions): Promise<ReviewServer> {
    const { name, certificate, signal } = options;
    const args = ['--expose-gc', programOf('server-main'), name, certificate.certificate, certificate.key];
    const daemon = await Daemon.start(...onCore(twoCores().server, process.execPath, ...args));
    try {
      const portIn = (lines: readonly string[]) => numberIn(factsOf(lines).at(-1), 'port');
      const port = await daemon.until('serve', portIn, { patienceMs, signal });
      return new ReviewServer(daemon, port, options);
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Has it asked; `warmUp` reviews are not measured. */
  async load({ path, pod, connections, measured, warmUp }: Load): Promise<LoadResult> {
    const { certificate, signal } = this.#options;
    const args = [this.#port, certificate.certificate, path, pod, connections, measured, warmUp];
    const command = onCore(twoCores().load, process.execPath, programOf('load-main'), ...args);
    return JSON.parse(await run(...command, { signal }));
  }

  /** What it has had of the processor so far. */
  processorMs(): number {
    return processorMs(this.#daemon.pid);
  }

  /** Once all garbage is collected. */
  memory(): Promise<Memory> {
    this.#asked += 1;
    process.kill(this.#daemon.pid, 'SIGUSR2');
    const answer = (lines: readonly string[]): Memory | null => {
      const fact = factsOf(lines).findLast((one) => numberIn(one, 'asked') === this.#asked);
      const [heapUsed, rss] = [numberIn(fact, 'heapUsed'), numberIn(fact, 'rss')];
      return heapUsed === null || rss === null ? null : { heapUsed, rss };
    };
    return this.#daemon.until('tell its memory', answer, { patienceMs, signal: this.#options.signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#daemon[Symbol.asyncDispose]();
  }
}

/** Among other lines, as the warnings of Node.js. */
const factsOf = (lines: readonly string[]): readonly unknown[] =>
  lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

function numberIn(fact: unknown, name: string): number | null {
  const value = ((fact ?? {}) as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'number' ? value : null;
}
