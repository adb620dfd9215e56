/**
 * What a pod that keeps ledgers remembers on its volume: a folder for each run, with the history that `readHistory` reads,
 * and what was found when it was read back.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { HavocError, messageOf } from '../../../core/havoc-error.js';
import { jsonOf } from '../../../core/json.js';
import { limits } from '../limits.js';
import { isRun } from './ledger-order.js';
import { type LedgerReport, ledgerReport } from './ledger-page.js';

export class RunFolders {
  readonly #root: string;
  readonly #reports = new Map<string, LedgerReport>();

  /** Makes the folder where there is none. Throws `ledger.state-unwritable`. */
  constructor(root: string) {
    this.#root = root;
    try {
      mkdirSync(root, { recursive: true });
      for (const run of this.#oldestFirst()) this.#read(run);
    } catch (cause) {
      throw new HavocError('ledger.state-unwritable', `${root} cannot be used: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  folderOf(run: string): string {
    return join(this.#root, run);
  }

  hasHistory(run: string): boolean {
    return existsSync(join(this.folderOf(run), 'ledger.jsonl'));
  }

  report(run: string): LedgerReport | undefined {
    return this.#reports.get(run);
  }

  reports(): readonly LedgerReport[] {
    return [...this.#reports.values()];
  }

  /** Known from now on; it outlives the process where the disk takes it. */
  keep(report: LedgerReport): void {
    this.#reports.set(report.run, report);
    const path = this.#reportOf(report.run);
    mkdirSync(this.folderOf(report.run), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(report));
    renameSync(`${path}.new`, path);
  }

  /** Before this one is begun: of the others the oldest go. */
  makeRoomFor(next: string): void {
    const runs = this.#oldestFirst().filter((run) => run !== next);
    for (const run of runs.slice(0, Math.max(0, runs.length + 1 - limits.runsKept))) {
      rmSync(this.folderOf(run), { recursive: true, force: true });
      this.#reports.delete(run);
    }
  }

  #reportOf(run: string): string {
    return join(this.folderOf(run), 'report.json');
  }

  #read(run: string): void {
    if (!existsSync(this.#reportOf(run))) return;
    const read = ledgerReport.safeParse(jsonOf(readFileSync(this.#reportOf(run), 'utf8')));
    if (read.success) this.#reports.set(run, read.data);
  }

  /** What else lies there, such as lost+found, is left alone. */
  #oldestFirst(): readonly string[] {
    return readdirSync(this.#root)
      .filter(isRun)
      .map((name) => ({ name, changedMs: statSync(this.folderOf(name)).mtimeMs }))
      .toSorted((one, other) => one.changedMs - other.changedMs)
      .map(({ name }) => name);
  }
}
