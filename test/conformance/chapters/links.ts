/** Hard and symbolic links. */
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Chapter } from '../case.js';
import { facts, outcome, outcomes, sameFile, timesChanged } from '../observe.js';

export const links: Chapter = {
  name: 'links',
  cases: [
    {
      name: 'hard links are one file under several names',
      run: ({ at }) => {
        mkdirSync(at('directory'));
        writeFileSync(at('one'), 'first');
        linkSync(at('one'), at('two'));
        linkSync(at('two'), at('directory', 'three'));
        writeFileSync(at('directory', 'three'), 'second version');
        const all = [at('one'), at('two'), at('directory', 'three')];
        const before = all.map((path) => [
          facts(path),
          readFileSync(path, 'utf8'),
          sameFile(path, at('one')),
        ]);
        unlinkSync(at('one'));
        return { before, after: all.map((path) => outcome(() => facts(path))) };
      },
    },
    {
      name: 'link() is refused where it must be',
      run: ({ at }) => {
        mkdirSync(at('directory'));
        writeFileSync(at('file'), '');
        symlinkSync('nothing', at('dangling'));
        return {
          existing: outcome(() => linkSync(at('file'), at('directory'))),
          itself: outcome(() => linkSync(at('file'), at('file'))),
          directory: outcome(() => linkSync(at('directory'), at('link'))),
          missing: outcome(() => linkSync(at('missing'), at('link'))),
          intoMissing: outcome(() => linkSync(at('file'), at('missing', 'link'))),
          belowFile: outcome(() => linkSync(at('file'), at('file', 'link'))),
          acrossFileSystems: outcome(() => linkSync(at('file'), '/dev/shm/havock8s-link')),
          symlink: outcome(() => linkSync(at('dangling'), at('second'))),
          readlink: outcome(() => readlinkSync(at('second'))),
          nlink: facts(at('dangling')).nlink,
        };
      },
    },
    {
      name: 'link and unlink change the ctime of the file, not its mtime',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        return [
          timesChanged(at('file'), () => linkSync(at('file'), at('link'))),
          timesChanged(at('file'), () => unlinkSync(at('link'))),
        ];
      },
    },
    {
      name: 'a symbolic link holds any text up to a path’s length',
      run: ({ at }) =>
        outcomes(
          {
            short: 'x',
            slashes: '//a/../b/',
            long: 'y'.repeat(4095),
            bytes: Buffer.of(0xff, 0x80, 0x41),
            empty: '',
          },
          (target, name) => {
            symlinkSync(target, at(name));
            return { facts: facts(at(name)), target: readlinkSync(at(name), 'latin1') };
          },
        ),
    },
    {
      name: 'a symbolic link longer than a path is refused',
      run: ({ at }) => outcome(() => symlinkSync('y'.repeat(4096), at('link'))),
    },
    {
      name: 'chains of symbolic links are followed as far as the kernel follows, and loops are told',
      run: ({ at }) => {
        writeFileSync(at('0'), 'content');
        for (let link = 1; link <= 45; link += 1) symlinkSync(`${link - 1}`, at(`${link}`));
        symlinkSync('loop-b', at('loop-a'));
        symlinkSync('loop-a', at('loop-b'));
        return outcomes({ 1: '1', 40: '40', 41: '41', 45: '45', loop: 'loop-a', below: 'loop-a/x' }, (name) =>
          readFileSync(at(name), 'utf8'),
        );
      },
    },
    {
      name: 'relative links are resolved from where they are, and realpath() sees through them',
      run: ({ at, root }) => {
        mkdirSync(at('a', 'b'), { recursive: true });
        writeFileSync(at('a', 'file'), 'content');
        symlinkSync('../file', at('a', 'b', 'up'));
        symlinkSync('a/b', at('down'));
        return {
          content: readFileSync(at('down', 'up'), 'utf8'),
          real: realpathSync(at('down', 'up')).slice(realpathSync(root).length),
          notALink: outcome(() => readlinkSync(at('a'))),
          size: lstatSync(at('down')).size,
          directory: statSync(at('down')).isDirectory(),
        };
      },
    },
  ],
};
