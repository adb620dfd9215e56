/** What a test set up is taken down in the opposite order, every piece of it; node:test runs its hooks in the order they were set. */
import type { TestContext } from 'node:test';

type TakeDown = () => unknown;

const stacks = new WeakMap<TestContext, TakeDown[]>();

export function lastFirst(t: TestContext, takeDown: TakeDown): void {
  const known = stacks.get(t);
  if (known !== undefined) {
    known.push(takeDown);
    return;
  }
  const stack = [takeDown];
  stacks.set(t, stack);
  t.after(async () => {
    const errors: unknown[] = [];
    for (const one of stack.reverse())
      await Promise.resolve()
        .then(one)
        .catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be taken down');
  });
}
