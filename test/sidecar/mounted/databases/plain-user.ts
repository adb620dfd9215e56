/** Databases refuse to run as root; this is whom they run as. */
import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';

export interface PlainUser {
  readonly uid: number;
  readonly gid: number;
}

export function plainUser(): PlainUser {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export function giveTo({ uid, gid }: PlainUser, path: string): void {
  chownSync(path, uid, gid);
}
