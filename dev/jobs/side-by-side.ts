/**
 * The events of several runs of node:test as one: what is told of a test that stands in no other stays together.
 *
 *     run ─► a a a │ b b ─┐
 *     run ─► c c │ d d d ─┴─► a a a │ c c │ b b │ d d d
 */
import type { TestEvent } from 'node:test/reporters';

export async function* sideBySide(runs: readonly AsyncIterable<TestEvent>[]): AsyncGenerator<TestEvent> {
  const sources = runs.map((run) => told(run));
  const next = new Map(sources.map((source) => [source, nextOf(source)]));
  while (next.size > 0) {
    const { source, value } = await Promise.race(next.values());
    if (value === null) next.delete(source);
    else {
      next.set(source, nextOf(source));
      yield* value;
    }
  }
}

type Told = AsyncGenerator<readonly TestEvent[], void>;

interface Next {
  readonly source: Told;
  /** Null when it has ended. */
  readonly value: readonly TestEvent[] | null;
}

async function nextOf(source: Told): Promise<Next> {
  const { value } = await source.next();
  return { source, value: value ?? null };
}

/** What is told after the end of a test, until the next begins, is of that test too. */
async function* told(events: AsyncIterable<TestEvent>): Told {
  let one: TestEvent[] = [];
  for await (const event of events) {
    if (event.type === 'test:start' && event.data.nesting === 0) {
      yield one;
      one = [];
    }
    one.push(event);
  }
  yield one;
}
