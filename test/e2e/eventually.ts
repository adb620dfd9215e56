/**
 * Waits for what costs a process to look at, with a rest between two looks; bounded, and says what it waited for. Where
 * looking is cheap: test/sidecar/mounted/until.ts.
 */
export interface Patience {
  readonly boundMs: number;
}

const restMs = 200;

/** `holds` may say what it saw instead, which the error then tells. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean | string>,
  { boundMs }: Patience,
): Promise<void> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const seen = await holds();
    if (seen === true) return;
    if (performance.now() > deadline)
      throw new Error(`waited ${boundMs} ms in vain until ${what}${seen === false ? '' : `; saw ${seen}`}`);
    await new Promise((next) => setTimeout(next, restMs));
  }
}
