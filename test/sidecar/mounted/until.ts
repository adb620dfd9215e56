/** Waits for what can only be looked at, not listened for; bounded, and says what it waited for. */

/** Often enough for what a test waits for. */
const leastRestMs = 2;
const mostRestMs = 40;
/** A look that takes long, such as a program that is run, must not take the processor from what is waited for. */
const restPerLook = 4;

/** The bound is for what never comes: beside others that load the machine all else may take long. */
export async function until(holds: () => boolean | Promise<boolean>, boundMs = 60_000): Promise<void> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const began = performance.now();
    if (await holds()) return;
    const now = performance.now();
    if (now > deadline) throw new Error(`waited ${boundMs} ms in vain until ${holds}`);
    const restMs = Math.min(mostRestMs, Math.max(leastRestMs, restPerLook * (now - began)));
    await new Promise((next) => setTimeout(next, restMs));
  }
}
