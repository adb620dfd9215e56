/** An app at work: numbers its lines, and knows how many were written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../mounted/until.js';
import type { App } from './app.js';
import type { Pod } from './pod.js';

export class Writer {
  readonly #file: string;
  readonly #sign: string;
  readonly #said: Promise<string>;
  private constructor(file: string, sign: string, said: Promise<string>) {
    this.#file = file;
    this.#sign = sign;
    this.#said = said;
  }

  /** Appends to `log` of a volume, syncing each line, until it is told to stop or cannot. */
  static async start(pod: Pod, app: App, volume: string): Promise<Writer> {
    const sign = join(pod.root, 'stop');
    const said = app.ask(
      `i=0; while [ ! -e ${sign} ] && echo $i >> ${pod.app(volume)}/log && sync ${pod.app(volume)}/log
       do i=$((i+1)); done 2>/dev/null; echo $i`,
    );
    const writer = new Writer(join(pod.disk(volume), 'log'), sign, said);
    await writer.goesOn();
    return writer;
  }

  /** Resolves when more lines are on the disk beneath. */
  async goesOn(): Promise<void> {
    const before = this.lines().length;
    await until(() => this.lines().length > before + 3);
  }

  stop(): Promise<number> {
    writeFileSync(this.#sign, '');
    return this.ended();
  }

  /** How many lines it wrote, by its own account. */
  async ended(): Promise<number> {
    return Number(await this.#said);
  }

  /** As they are on the disk beneath. */
  lines(): readonly string[] {
    return existsSync(this.#file) ? readFileSync(this.#file, 'utf8').trimEnd().split('\n') : [];
  }
}

export const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${i}`);
