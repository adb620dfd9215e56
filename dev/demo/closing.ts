/** What was opened, closed in the reverse order; one failure does not keep the others open. */
export class Closing {
  readonly #open: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.#open.push(close);
  }

  /** Rejects with the first failure, after everything was tried. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#open.pop(); close; close = this.#open.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
