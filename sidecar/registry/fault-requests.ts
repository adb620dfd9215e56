/**
 * Who asks for what. Annotations and the command line declare all their faults at once; the control endpoint
 * adds and removes one at a time.
 */
import { limits } from '../../faults/limits.js';
import type { FaultEntry } from './entry.js';
import { type FaultRequest, type Source, sources } from './fault-request.js';

type Named = ReadonlyMap<string, FaultRequest>;

export class FaultRequests {
  readonly #said: Record<Source, Named> = { annotation: new Map(), control: new Map(), local: new Map() };
  /** Sources that have not spoken in this life, or whose file is gone: they have taken nothing back. */
  readonly #silent = new Set<Source>(['annotation', 'local']);

  declare(source: Source, requests: readonly FaultRequest[]): void {
    this.#silent.delete(source);
    this.#said[source] = named(requests);
  }

  /** Nothing is asked for, and nothing is forgotten: the source may come back and mean the same faults. */
  lose(source: Source): void {
    this.#silent.add(source);
    this.#said[source] = new Map();
  }

  isSilent(source: Source): boolean {
    return this.#silent.has(source);
  }

  putControl(request: FaultRequest): void {
    this.#said.control = new Map(this.#said.control).set(request.name, request);
  }

  dropControl(dropped: (name: string) => boolean): void {
    this.#said.control = named([...this.#said.control.values()].filter(({ name }) => !dropped(name)));
  }

  /** A control fault that has ended gives its place to another, and so does the one that is replaced. */
  hasRoomFor({ name }: FaultRequest, ended: readonly FaultEntry[]): boolean {
    const yielding = new Set(
      ended.filter(({ source }) => source === 'control').map((entry) => entry.name),
    ).add(name);
    const staying = this.#faults().filter((other) => other.source !== 'control' || !yielding.has(other.name));
    return staying.length < limits.faults;
  }

  /**
   * Where there are more faults than places, the control's leave: first what has ended, the oldest first; then, for
   * annotations, which go before it, what is armed, the oldest first. `listed` is the list as it was.
   */
  makeRoom(listed: readonly FaultEntry[]): void {
    const excess = Math.max(0, this.#faults().length - limits.faults);
    const ofControl = listed.filter(({ source }) => source === 'control');
    const ended = ofControl.filter((entry) => entry.ended !== null).sort((a, b) => a.endsMs - b.endsMs);
    const going = ofControl.filter((entry) => entry.ended === null).sort((a, b) => a.startedMs - b.startedMs);
    const forced = Math.max(
      0,
      this.#faults().filter(({ source }) => source !== 'local').length - limits.faults,
    );
    const leaving = ended.slice(0, excess);
    leaving.push(...going.slice(0, Math.max(0, forced - leaving.length)));
    const names = new Set(leaving.map(({ name }) => name));
    if (names.size > 0) this.dropControl((name) => names.has(name));
  }

  /** In the order of precedence. */
  inOrder(): readonly FaultRequest[] {
    return sources.flatMap((source) => [...this.#said[source].values()]);
  }

  #faults(): readonly FaultRequest[] {
    return this.inOrder().filter(({ validated }) => validated.kind === 'fault');
  }
}

function named(requests: readonly FaultRequest[]): Named {
  return new Map(requests.map((request) => [request.name, request]));
}
