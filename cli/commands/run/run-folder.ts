/**
 * Where the disks of a run are that have no place of their own. It is gone with the run; what a run left that was killed
 * without a word is taken away by the next.
 */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statFields } from '../../proc-stat.js';

const prefix = 'havock8s-run-';
/** Within the folder: who it belongs to. */
const ownerName = 'owner';

export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, ownerName), identityOf(process.pid) ?? '');
  // Whoever the command is, it has to get there.
  chmodSync(folder, 0o755);
  return folder;
}

export function removeLeftFolders(): void {
  const root = tmpdir();
  for (const name of readdirSync(root).filter((name) => name.startsWith(prefix))) {
    const folder = join(root, name);
    try {
      if (hasDied(readFileSync(join(folder, ownerName), 'utf8')))
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's, or still mounted: not for us to take away.
    }
  }
}

/** In another namespace of processes, as a container has it, nobody can say. */
function hasDied(owner: string): boolean {
  const [boot, namespace, pid] = owner.split(' ');
  if (pid === undefined) return false;
  const [ourBoot, ourNamespace] = (identityOf(process.pid) ?? '').split(' ');
  if (boot !== ourBoot) return true;
  return namespace === ourNamespace && identityOf(Number(pid)) !== owner;
}

/** Never the same of two processes: the boot, the namespace of processes, the pid there, and the start in ticks. Null: none runs. */
function identityOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const startTicks = statFields(stat)[19];
    return `${boot} ${readlinkSync('/proc/self/ns/pid')} ${pid} ${startTicks}`;
  } catch {
    return null;
  }
}
