/** Does `work` for each of `items`, `atOnce` at a time; items are made only when their turn comes. */
export async function atMost<T>(
  atOnce: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** `work` as it is, but `atOnce` at a time, whoever calls it: who comes later waits for a turn. */
export function limited<Args extends readonly unknown[], T>(
  atOnce: number,
  work: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (...args) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work(...args);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
