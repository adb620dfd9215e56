/** A program: `node make-files.js FOLDER FROM TO EACH` makes folders of these numbers with so many empty files each. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AT_FDCWD } from '../../../../sidecar/linux/constants.js';
import { libc } from '../../../../sidecar/linux/libc.js';
import { cString } from '../../../../sidecar/linux/memory.js';

const S_IFREG = 0o100_000;

const [folder = '', ...numbers] = process.argv.slice(2);
const [from = 0, to = 0, each = 0] = numbers.map(Number);
for (let number = from; number < to; number++) {
  const parent = join(folder, `folder-${number}`);
  mkdirSync(parent);
  for (let file = 0; file < each; file++) {
    const path = cString(`${parent}/file-${file}`);
    if (libc.mknodat(AT_FDCWD, path, S_IFREG | 0o644, 0) < 0)
      throw new Error(`cannot make ${parent}/${file}`);
  }
}
