/** Names: their length, their bytes, and paths at the kernel's limits. */
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { getcwd } from '../../sidecar/mounted/libc/files.js';
import type { Chapter } from '../case.js';
import { facts, outcome, outcomes } from '../observe.js';

const strange: Readonly<Record<string, Buffer>> = {
  'not UTF-8': Buffer.from([0xff, 0xfe, 0x80, 0x41]),
  'half a character': Buffer.from([0xe2, 0x82]),
  'every byte but NUL and the slash': Buffer.from(
    Array.from({ length: 255 }, (_, byte) => byte + 1).filter((byte) => byte !== 47),
  ),
  '255 bytes': Buffer.alloc(255, 'n'),
  '255 bytes that are not UTF-8': Buffer.alloc(255, 0xf8),
  '256 bytes': Buffer.alloc(256, 'n'),
  '300 bytes': Buffer.alloc(300, 'n'),
  newline: Buffer.from('a\nb'),
  spaces: Buffer.from('  '),
  'composed é': Buffer.from('\u00e9'),
  'decomposed é': Buffer.from('e\u0301'),
  'three dots': Buffer.from('...'),
  'what an old FUSE library hides': Buffer.from('.fuse_hidden0000000100000001'),
};

export const names: Chapter = {
  name: 'names',
  cases: [
    {
      name: 'any bytes make a name, up to 255 of them',
      run: ({ at }) => {
        const made = outcomes(strange, (name) => {
          writeFileSync(join(at(), name), name);
          return { same: readFileSync(join(at(), name)).equals(name), facts: facts(join(at(), name)) };
        });
        const listed = readdirSync(at(), { encoding: 'buffer' }).map((name) => name.toString('latin1'));
        return { made, listed: listed.sort() };
      },
    },
    {
      name: 'every call refuses a name of 256 bytes',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        const long = at('n'.repeat(256));
        return {
          stat: outcome(() => facts(long)),
          mkdir: outcome(() => mkdirSync(long)),
          link: outcome(() => linkSync(at('file'), long)),
          symlink: outcome(() => symlinkSync('x', long)),
          rename: outcome(() => renameSync(at('file'), long)),
          remove: outcome(() => rmSync(long)),
        };
      },
    },
    {
      name: 'strange names are renamed, linked and removed like others',
      run: ({ at }) => {
        const name = Buffer.alloc(255, 0xf8);
        writeFileSync(join(at(), Buffer.from('plain')), 'content');
        renameSync(at('plain'), join(at(), name));
        linkSync(join(at(), name), at('link'));
        const nlink = facts(at('link')).nlink;
        rmSync(join(at(), name));
        return { nlink, names: readdirSync(at()), content: readFileSync(at('link'), 'utf8') };
      },
    },
    {
      name: 'a tree deeper than the longest path is walked step by step',
      run: ({ at }) => {
        const back = process.cwd();
        const step = 'd'.repeat(250);
        process.chdir(at());
        try {
          for (let depth = 0; depth < 20; depth += 1) {
            mkdirSync(step);
            process.chdir(step);
          }
          writeFileSync('bottom', 'content');
          const path = outcome(() => getcwd());
          const long = outcome(() => facts(at(...Array<string>(20).fill(step))));
          const bottom = readFileSync('bottom', 'utf8');
          rmSync('bottom');
          for (let depth = 0; depth < 20; depth += 1) {
            process.chdir('..');
            rmdirSync(step);
          }
          return { path, long, bottom, left: readdirSync('.') };
        } finally {
          process.chdir(back);
        }
      },
    },
    {
      name: 'case and composition tell names apart',
      run: ({ at }) => {
        for (const name of ['a', 'A', '\u00e9', 'e\u0301']) writeFileSync(at(name), name);
        return readdirSync(at()).sort();
      },
    },
  ],
};

function join(directory: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), name]);
}
