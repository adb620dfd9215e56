/**
 * Who asks for what: a value, which a change leaves as it was. Annotations and the command line declare all their
 * faults at once; the control endpoint adds and removes one at a time.
 */
import { limits } from '../../faults/limits.js';
import type { FaultRecord } from './fault-record.js';
import { type AcceptedRequest, type FaultRequest, type Source, sources } from './fault-request.js';

type Named = ReadonlyMap<string, FaultRequest>;

export class FaultRequests {
  readonly #said: Readonly<Record<Source, Named>>;
  readonly #silent: ReadonlySet<Source>;

  private constructor(said: Readonly<Record<Source, Named>>, silent: ReadonlySet<Source>) {
    this.#said = said;
    this.#silent = silent;
  }

  /** Of a life that begins. */
  static none(): FaultRequests {
    const said = { annotation: new Map(), control: new Map(), local: new Map() };
    return new FaultRequests(said, new Set<Source>(['annotation', 'local']));
  }

  declare(source: Source, requests: readonly FaultRequest[]): FaultRequests {
    return this.#with(
      source,
      requests,
      [...this.#silent].filter((other) => other !== source),
    );
  }

  /** Nothing is asked for, and nothing is forgotten: the source may come back and mean the same faults. */
  markUnavailable(source: Source): FaultRequests {
    return this.#with(source, [], [...this.#silent, source]);
  }

  /** Has it not spoken in this life, or is its file gone? Then it has taken nothing back. */
  isSilent(source: Source): boolean {
    return this.#silent.has(source);
  }

  putControl(request: FaultRequest): FaultRequests {
    return this.#with('control', [...this.#said.control.values(), request]);
  }

  dropControl(dropped: (name: string) => boolean): FaultRequests {
    return this.#with(
      'control',
      [...this.#said.control.values()].filter(({ name }) => !dropped(name)),
    );
  }

  /** A control fault that has ended gives its place to another, and so does the one that is replaced. */
  hasRoomFor({ name }: FaultRequest, records: readonly FaultRecord[]): boolean {
    const yielding = new Set(
      records.filter(({ source, ended }) => source === 'control' && ended !== null).map((one) => one.name),
    ).add(name);
    const staying = this.#accepted().filter(
      (other) => other.source !== 'control' || !yielding.has(other.name),
    );
    return staying.length < limits.faults;
  }

  /**
   * Where there are more faults than places, the control's leave: first what has ended, the oldest first; then, for
   * annotations, which go before it, what is armed, the oldest first. `records` is the list as it was.
   */
  withRoom(records: readonly FaultRecord[]): FaultRequests {
    const excess = Math.max(0, this.#accepted().length - limits.faults);
    const ofControl = records.filter(({ source }) => source === 'control');
    const ended = ofControl.filter((one) => one.ended !== null).sort((a, b) => a.endsMs - b.endsMs);
    const going = ofControl.filter((one) => one.ended === null).sort((a, b) => a.startedMs - b.startedMs);
    const wanted = this.#accepted().filter(({ source }) => source !== 'local').length;
    const leaving = ended.slice(0, excess);
    leaving.push(...going.slice(0, Math.max(0, wanted - limits.faults - leaving.length)));
    const names = new Set(leaving.map(({ name }) => name));
    return names.size === 0 ? this : this.dropControl((name) => names.has(name));
  }

  /** In the order of precedence. */
  inOrder(): readonly FaultRequest[] {
    return sources.flatMap((source) => [...this.#said[source].values()]);
  }

  #accepted(): readonly AcceptedRequest[] {
    return this.inOrder().filter((request) => request.kind === 'fault');
  }

  /** Each name once, the last of them. */
  #with(
    source: Source,
    requests: readonly FaultRequest[],
    silent: Iterable<Source> = this.#silent,
  ): FaultRequests {
    const named = new Map(requests.map((request) => [request.name, request]));
    return new FaultRequests({ ...this.#said, [source]: named }, new Set(silent));
  }
}
