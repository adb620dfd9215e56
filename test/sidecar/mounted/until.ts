/** Waits for what can only be looked at, not listened for; bounded, and says what it waited for. */

/** Often enough for what a test waits for, and no processor is taken from what it waits for. */
const restMs = 2;

/** The bound is for what never comes: beside others that load the machine all else may take long. */
export async function until(holds: () => boolean | Promise<boolean>, boundMs = 60_000): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${boundMs} ms in vain until ${holds}`);
    await new Promise((next) => setTimeout(next, restMs));
  }
}
