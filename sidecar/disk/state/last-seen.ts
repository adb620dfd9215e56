/** With what size and mtime a file was last seen: four words of its inode's slot. */
import { type FileStat, statx } from '../wire/attributes.js';

const fields = [statx.size, statx.size + 4, statx.mtime, statx.mtime + 8] as const;

/** Notes them from word `at` on; true when they are as noted before. */
export function noteSeen(words: Int32Array, at: number, stat: FileStat): boolean {
  let isSame = true;
  for (const [index, field] of fields.entries()) {
    const value = stat.word(field) | 0;
    if (words[at + index] !== value) isSame = false;
    words[at + index] = value;
  }
  return isSame;
}
