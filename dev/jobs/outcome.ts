/** How the tests went, counted from node:test's events; suites are not tests, but one that is skipped reports none of its own. */
import type { TestEvent } from 'node:test/reporters';

export class Outcome {
  readonly #lacking = new Set<string>();
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  note(event: TestEvent): void {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') return;
    const { details, skip = false, todo = false } = event.data;
    if (skip !== false || todo !== false) this.#noteSkip(skip);
    else if (details.type === 'suite') return;
    else if (event.type === 'test:pass') this.#passed += 1;
    else this.#failed += 1;
  }

  /** What the machine lacks, as test/needs.ts words it. */
  get lacking(): readonly string[] {
    return [...this.#lacking];
  }

  /** No test at all is nothing to be glad of. */
  isGood(complete: boolean): boolean {
    return this.#failed === 0 && this.#passed > 0 && !(complete && this.#lacking.size > 0);
  }

  line(): string {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    return `${this.#passed} passed, ${this.#failed} failed${skipped}`;
  }

  #noteSkip(reason: string | boolean): void {
    this.#skipped += 1;
    if (typeof reason === 'string' && reason.startsWith('missing')) this.#lacking.add(reason);
  }
}
