/** Who COMMAND runs as: `--user UID[:GID]`, names or numbers, looked up as the system does (NSS), not in /etc/passwd alone. */
import { spawnSync } from 'node:child_process';
import type { InputProblem } from '../../bad-input.js';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Their own groups, when no GID was asked for; with one, that alone. */
  readonly ownGroups: boolean;
  /** Null where the uid belongs to nobody. */
  readonly person: { readonly name: string; readonly home: string } | null;
}

export type ReadAccount =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'problem'; readonly problem: InputProblem };

export function readAccount(text: string): ReadAccount {
  const [user = '', group, ...more] = text.split(':');
  if (user === '' || group === '' || more.length > 0)
    return refused(text, 'expected UID or UID:GID, as names or numbers');
  const entry = lookUp('passwd', user);
  const uid = idOf(user, entry);
  if (uid === undefined) return refused(text, `there is no user "${user}"`);
  const person = entry === null ? null : { name: entry[0] ?? user, home: entry[5] || '/' };
  if (group !== undefined) {
    const gid = idOf(group, lookUp('group', group));
    if (gid === undefined) return refused(text, `there is no group "${group}"`);
    return { kind: 'account', account: { uid, gid, ownGroups: false, person } };
  }
  if (entry === null)
    return refused(text, `uid ${uid} belongs to nobody, so its group must be said: ${uid}:GID`);
  return { kind: 'account', account: { uid, gid: Number(entry[3]), ownGroups: true, person } };
}

/** The last 32-bit number means "unchanged" to the kernel. */
const largestId = 2 ** 32 - 2;

function idOf(text: string, entry: readonly string[] | null): number | undefined {
  if (entry !== null) return Number(entry[2]);
  const id = Number(text);
  return /^\d{1,10}$/.test(text) && id <= largestId ? id : undefined;
}

/** The fields of the entry, whether it was asked for by name or by number. */
function lookUp(database: 'passwd' | 'group', key: string): readonly string[] | null {
  if (key.startsWith('-')) return null;
  const { status, stdout } = spawnSync('getent', [database, key], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? (stdout.split('\n', 1)[0] ?? '').split(':') : null;
}

function refused(text: string, message: string): ReadAccount {
  return { kind: 'problem', problem: { subject: `--user ${text}`, message } };
}
