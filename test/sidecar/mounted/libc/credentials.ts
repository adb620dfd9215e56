/**
 * Acting as somebody else for the length of a synchronous call. The raw system calls change the calling thread alone,
 * which glibc's wrappers would not; root stays the saved user, so the way back is open.
 */
import { checked, libc } from './call.js';

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups?: readonly number[];
}

const numbers =
  process.arch === 'arm64'
    ? { setgroups: 159, setresgid: 149, setresuid: 147 }
    : { setgroups: 116, setresgid: 119, setresuid: 117 };
const setIds = libc.func('syscall', 'long', ['long', 'int', 'int', 'int']);
const setGroups = libc.func('syscall', 'long', ['long', 'size_t', 'const void *']);

export function asUser<T>(user: User, act: () => T): T {
  setGroupList(user.groups ?? []);
  checked('setresgid', setIds(numbers.setresgid, user.gid, user.gid, 0));
  checked('setresuid', setIds(numbers.setresuid, user.uid, user.uid, 0));
  try {
    return act();
  } finally {
    checked('setresuid', setIds(numbers.setresuid, 0, 0, 0));
    checked('setresgid', setIds(numbers.setresgid, 0, 0, 0));
    setGroupList([]);
  }
}

function setGroupList(groups: readonly number[]): void {
  const list = Buffer.alloc(4 * groups.length + 4);
  groups.forEach((group, index) => {
    list.writeUInt32LE(group, 4 * index);
  });
  checked('setgroups', setGroups(numbers.setgroups, groups.length, list));
}
