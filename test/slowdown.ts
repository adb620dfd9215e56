/** How many times as long everything takes beside what else runs on this machine: 1 where it is quiet. */
const workMs = 100;

/** The control of a bound on the wall clock: work of a known amount of processor time, and how long it took. */
export function slowdown(): number {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const workedMs = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  while (workedMs() < workMs);
  return Math.max(1, (performance.now() - started) / workMs);
}
