/**
 * What an environment leaves behind goes while the next one plays; a file of end-to-end tests is over when all of it
 * has gone.
 */
import { after } from 'node:test';

const going: Promise<unknown>[] = [];

export function leave(closing: Promise<void>): void {
  going.push(
    closing.then(
      () => null,
      (error: unknown) => error,
    ),
  );
}

after(async () => {
  const errors = (await Promise.all(going)).filter((error) => error !== null);
  if (errors.length > 0) throw new AggregateError(errors, `left behind: ${errors.join('; ')}`);
});
