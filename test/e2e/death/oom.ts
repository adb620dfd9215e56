/** The kernel's own killer, which takes the largest process of a cgroup that is full. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Eats the memory of its container in pieces smaller than the fault proxy, each a `tail` that waits for the end of a
 * line, until the fault proxy is dead; then it gives all of it back. For bash: a piece is eaten when its `head` ends.
 */
export const eatMemory = (processName: string): string => `
proxy=$(basename "$(dirname "$(grep -lx ${processName} /proc/[0-9]*/comm)")")
for piece in $(seq 60); do
  [ -d "/proc/$proxy" ] || break
  head -c 12000000 /dev/zero > >(tail | sleep 60)
done
for name in sleep tail head; do
  for comm in $(grep -lx "$name" /proc/[0-9]*/comm); do kill -9 "$(basename "$(dirname "$comm")")"; done
done 2>/dev/null
[ ! -d "/proc/$proxy" ]
`;

/** How many processes of a cgroup it has killed so far; null: all, and the cgroup is gone. */
export function oomKills(cgroup: string): number | null {
  const file = [
    join('/sys/fs/cgroup/memory', cgroup, 'memory.oom_control'),
    join('/sys/fs/cgroup', cgroup, 'memory.events'),
  ].find(existsSync);
  if (file === undefined) return null;
  const [, kills] = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  if (kills === undefined) throw new Error(`${file} says nothing of processes that were killed`);
  return Number(kills);
}
