/** How long the tests of each file took, so that who waits for them sees for which. */
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

const shown = 12;
const worthSayingMs = 10_000;

export class FileTimes {
  readonly #tookMs = new Map<string, number>();

  note(event: TestEvent): void {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') return;
    const { details, file, nesting } = event.data;
    if (nesting > 0 || file === undefined) return;
    this.#tookMs.set(file, (this.#tookMs.get(file) ?? 0) + details.duration_ms);
  }

  /** The slowest first, `412 s test/e2e/effects/effects.test.ts`; those that took a moment are left out. */
  lines(folder: string): readonly string[] {
    return [...this.#tookMs]
      .filter(([, tookMs]) => tookMs >= worthSayingMs)
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, shown)
      .map(([file, tookMs]) => `${Math.round(tookMs / 1000)} s ${relative(folder, file)}`);
  }
}
