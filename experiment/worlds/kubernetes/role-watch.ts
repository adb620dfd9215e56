/**
 * Who has the role of a target while nodes are lost: what changes is told, and that two have it.
 *
 *     reading ─┬─ another state than before ─► seen
 *              └─ two, asked themselves, and the same two when asked again ─► two-primaries
 *
 * Pods are asked one after another, and a role moves meanwhile: whoever has it before and after somebody else had it had it
 * at the same time.
 */
import type { RunEvent } from '../../journal/events.js';
import { describeState, type RoleReading } from './roles/role.js';

export class RoleWatch {
  readonly #tell: (event: RunEvent) => void;
  /** By target. */
  readonly #said = new Map<string, string>();
  /** What was found is told once. */
  readonly #found = new Set<string>();
  /** By target: those that said so when they were asked last. */
  readonly #two = new Map<string, ReadonlySet<string>>();

  constructor(tell: (event: RunEvent) => void) {
    this.#tell = tell;
  }

  see(target: string, reading: RoleReading): void {
    const said = describeState(reading);
    if (this.#said.get(target) !== said) {
      // The first is how it was.
      if (this.#said.has(target)) this.#tell({ type: 'seen', subject: `role of ${target}`, message: said });
      this.#said.set(target, said);
    }
    const two = new Set(writersOf(reading));
    const both = [...two].filter((pod) => this.#two.get(target)?.has(pod)).toSorted();
    this.#two.set(target, two);
    const message = `${both.join(' and ')} were primary at the same time, each asked twice`;
    if (both.length < 2 || this.#found.has(`${target} ${message}`)) return;
    this.#found.add(`${target} ${message}`);
    this.#tell({ type: 'two-primaries', target, message });
  }
}

/** Of a state of two: those that said themselves that they take writes. */
const writersOf = ({ state, pods }: RoleReading): readonly string[] =>
  state.kind === 'two'
    ? state.primaries.filter((name) => {
        const role = pods.get(name);
        return role?.kind === 'primary' && role.from === 'database' && role.writable !== false;
      })
    : [];
