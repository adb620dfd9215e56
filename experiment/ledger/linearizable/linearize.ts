/**
 * Is there an order of these operations, each at one moment between its call and its return, in which every answer is right?
 * The algorithm of Wing and Gong with Lowe's cache of what was tried already ("Testing for linearizability", 2017), in the
 * form that Porcupine gave it: calls and returns in one doubly linked list in the order of time; an operation that is put
 * in the order is lifted out of the list, and put back where no order follows from it.
 */
import { TriedSet } from './tried-set.js';

export interface Model<State, Operation> {
  readonly initial: State;
  /** The state after it, or undefined where its answer is not that of this state. */
  step(state: State, operation: Operation): State | undefined;
}

/** Times of one clock. Whoever got no answer returned at infinity. */
export interface Timed<Operation> {
  readonly operation: Operation;
  readonly calledMs: number;
  readonly returnedMs: number;
}

export type Linearizability = 'Ok' | 'Illegal' | 'Unknown';

export interface LinearizeBounds {
  /** Asked now and then. */
  readonly isLate: () => boolean;
  /** Of orders that were tried, kept in memory. */
  readonly mostTried: number;
}

const stepsBetweenLooks = 1024;

/** Unknown where a bound was met first. States are compared by `===`. */
export function linearize<State, Operation>(
  model: Model<State, Operation>,
  history: readonly Timed<Operation>[],
  { isLate, mostTried }: LinearizeBounds,
): Linearizability {
  const head = listOf(history);
  const tried = new TriedSet<State>(history.length);
  const order: { readonly event: CallEvent<Operation>; readonly before: State }[] = [];
  let state = model.initial;
  let event = head.next;
  for (let steps = 1; head.next !== null; steps += 1) {
    if (tried.size > mostTried || (steps % stepsBetweenLooks === 0 && isLate())) return 'Unknown';
    if (event !== null && isCall(event)) {
      const after = model.step(state, event.operation);
      if (after !== undefined && tried.add(event.index, after)) {
        order.push({ event, before: state });
        state = after;
        lift(event);
        event = head.next;
      } else event = event.next;
      continue;
    }
    // A return whose call is not in the order yet: the last choice was wrong.
    const last = order.pop();
    if (last === undefined) return 'Illegal';
    state = last.before;
    tried.withdraw(last.event.index);
    unlift(last.event);
    event = last.event.next;
  }
  return 'Ok';
}

interface ListEvent<Operation> {
  /** Of its operation in the history. */
  readonly index: number;
  previous: ListEvent<Operation> | null;
  next: ListEvent<Operation> | null;
}

interface CallEvent<Operation> extends ListEvent<Operation> {
  readonly operation: Operation;
  readonly return: ListEvent<Operation>;
}

const isCall = <Operation>(event: ListEvent<Operation>): event is CallEvent<Operation> =>
  'operation' in event;

/** What stands before the first event. Of calls and returns at one moment the calls come first: they are concurrent. */
function listOf<Operation>(history: readonly Timed<Operation>[]): ListEvent<Operation> {
  const events = history.flatMap(({ operation, calledMs, returnedMs }, index) => {
    const returned: ListEvent<Operation> = { index, previous: null, next: null };
    const call: CallEvent<Operation> = { index, operation, return: returned, previous: null, next: null };
    return [
      { atMs: calledMs, isReturn: 0, event: call },
      { atMs: returnedMs, isReturn: 1, event: returned },
    ];
  });
  events.sort((one, other) =>
    one.atMs === other.atMs ? one.isReturn - other.isReturn : one.atMs < other.atMs ? -1 : 1,
  );
  const head: ListEvent<Operation> = { index: -1, previous: null, next: null };
  let last = head;
  for (const { event } of events) {
    event.previous = last;
    last.next = event;
    last = event;
  }
  return head;
}

function lift<Operation>(call: CallEvent<Operation>): void {
  for (const event of [call, call.return]) {
    if (event.previous !== null) event.previous.next = event.next;
    if (event.next !== null) event.next.previous = event.previous;
  }
}

/** In the opposite order of `lift`: each finds its neighbours as it left them. */
function unlift<Operation>(call: CallEvent<Operation>): void {
  for (const event of [call.return, call]) {
    if (event.previous !== null) event.previous.next = event;
    if (event.next !== null) event.next.previous = event;
  }
}
