/** One server that is measured, as a process of its own on a core of its own. */
import { fileURLToPath } from 'node:url';
import { Daemon } from '../daemon.js';
import { processorMs } from '../processor-time.js';
import type { CertificateFiles } from './certificate.js';
import { type Cores, onCore } from './cores.js';
import type { Subject } from './subject.js';

const script = fileURLToPath(new URL('./server-main.js', import.meta.url));

/** Collecting all garbage of a process that has just answered a hundred thousand reviews takes a while. */
const patienceMs = 20_000;

export interface ReviewServerOptions {
  readonly subject: Subject;
  readonly cores: Cores;
  readonly certificate: CertificateFiles;
  readonly signal: AbortSignal;
}

/** In bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}

export class ReviewServer {
  readonly port: number;
  readonly #daemon: Daemon;
  readonly #signal: AbortSignal;
  #asked = 0;

  private constructor(daemon: Daemon, port: number, signal: AbortSignal) {
    this.#daemon = daemon;
    this.port = port;
    this.#signal = signal;
  }

  static async start({ subject, cores, certificate, signal }: ReviewServerOptions): Promise<ReviewServer> {
    const args = ['--expose-gc', script, subject, certificate.certificate, certificate.key];
    const daemon = await Daemon.start(...onCore(cores.server, process.execPath, ...args));
    try {
      const port = await daemon.until('serve', (lines) => numberIn(factsOf(lines).at(-1), 'port'), {
        patienceMs,
        signal,
      });
      return new ReviewServer(daemon, port, signal);
    } catch (error) {
      await daemon.close();
      throw error;
    }
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
    return this.#daemon.until('tell its memory', answer, { patienceMs, signal: this.#signal });
  }

  close(): Promise<void> {
    return this.#daemon.close();
  }
}

/** Among other lines, as the warnings of Node.js. */
const factsOf = (lines: readonly string[]): readonly unknown[] =>
  lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

function numberIn(fact: unknown, name: string): number | null {
  const value = ((fact ?? {}) as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'number' ? value : null;
}
