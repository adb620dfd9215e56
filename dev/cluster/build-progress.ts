/**
 * How far a `go build -v` is: it writes the path of each package that it compiles, between what else it has to say.
 *
 *     go list -deps ─► of how many
 *     go build -v ─┬─ k8s.io/api/core/v1 ─► compiled
 *                  └─ anything else ─► told when it fails
 */
const keptLines = 40;

export class BuildProgress {
  readonly #packages: ReadonlySet<string>;
  readonly #compiled = new Set<string>();
  #said: string[] = [];
  #last = '';

  /** Their paths: all that the programs are made of, also what an earlier build has compiled already. */
  constructor(packages: readonly string[]) {
    this.#packages = new Set(packages);
  }

  note(line: string): void {
    if (this.#packages.has(line)) {
      this.#compiled.add(line);
      this.#last = line;
    } else this.#said = [...this.#said, line].slice(-keptLines);
  }

  /** `412 of 1873 packages compiled, k8s.io/api/core/v1` */
  get text(): string {
    const counted = `${this.#compiled.size} of ${this.#packages.size} packages compiled`;
    return this.#last === '' ? counted : `${counted}, ${this.#last}`;
  }

  /** What was no package. */
  get said(): string {
    return this.#said.join('\n');
  }
}
