/** How the tests went, counted from node:test's events; suites are not tests, but one that is skipped reports none of its own. */
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

const mostSaid = 300;

type Failure = Extract<TestEvent, { type: 'test:fail' }>['data'];

export class Outcome {
  readonly #lacking = new Set<string>();
  readonly #failures: Failure[] = [];
  #passed = 0;
  #skipped = 0;

  note(event: TestEvent): void {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') return;
    const { details, skip = false, todo = false } = event.data;
    if (skip !== false || todo !== false) this.#noteSkip(skip);
    else if (details.type === 'suite') return;
    else if (event.type === 'test:pass') this.#passed += 1;
    else this.#failures.push(event.data);
  }

  /** What the machine lacks, as test/needs.ts words it. */
  get lacking(): readonly string[] {
    return [...this.#lacking];
  }

  /** A line for each test that failed, `test/kube/lease.test.ts:12: renews: expected 1, found 2`: a long output hides them. */
  failures(folder: string): readonly string[] {
    return this.#failures.map(({ file, line, name, details: { error } }) => {
      const why = error.cause instanceof Error ? error.cause : error;
      const said = why.message.replace(/\s+/g, ' ').slice(0, mostSaid);
      return `${file ? relative(folder, file) : ''}:${line ?? ''}: ${name}: ${said}`;
    });
  }

  /** No test at all is nothing to be glad of. */
  isGood(complete: boolean): boolean {
    return this.#failures.length === 0 && this.#passed > 0 && !(complete && this.#lacking.size > 0);
  }

  line(): string {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    return `${this.#passed} passed, ${this.#failures.length} failed${skipped}`;
  }

  #noteSkip(reason: string | boolean): void {
    this.#skipped += 1;
    if (typeof reason === 'string' && reason.startsWith('missing')) this.#lacking.add(reason);
  }
}
