/**
 * A disk that knows files by their paths (bindfs): a descriptor dies there with the name it was opened by. Through the
 * mount a file is reached by each name that it has, as on that disk itself.
 */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  fchmodSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { Bindfs } from './bindfs.js';
import { killFaultProxy } from './kill-fault-proxy.js';
import { type MountedDisk, withMount } from './mounted-disk.js';

/** Within one directory: from a name to its path. */
type Paths = (name: string) => string;
/** Acts, and tells what came of it. */
type Observe = (act: () => unknown) => void;

interface Case {
  readonly title: string;
  readonly play: (at: Paths, observe: Observe) => void;
}

/** Everything that goes by the inode, of a file that is reached by this name alone. */
function useAll(at: Paths, name: string, observe: Observe): void {
  const path = at(name);
  observe(() => statSync(path).size);
  observe(() => closeSync(openSync(path, 'r+')));
  observe(() => readFileSync(path, 'utf8'));
  observe(() => chmodSync(path, 0o640));
  observe(() => utimesSync(path, 1, 1));
  observe(() => truncateSync(path, 3));
  observe(() => appendFileSync(path, 'more'));
  observe(() => linkSync(path, at('linked')));
  observe(() => renameSync(path, at('renamed')));
  observe(() => readFileSync(at('renamed'), 'utf8'));
  observe(() => unlinkSync(at('renamed')));
  observe(() => readFileSync(at('linked'), 'utf8'));
  observe(() => lstatSync(at('linked')).mode);
  observe(() => unlinkSync(at('linked')));
  observe(() => lstatSync(at('linked')));
}

function makeTwo(at: Paths): void {
  writeFileSync(at('first'), 'content');
  linkSync(at('first'), at('second'));
}

function readOf(fd: number): string {
  const bytes = Buffer.alloc(64);
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)).toString();
}

const cases: readonly Case[] = [
  {
    title: 'the second of two names',
    play(at, observe) {
      makeTwo(at);
      observe(() => unlinkSync(at('first')));
      useAll(at, 'second', observe);
    },
  },
  {
    title: 'a second name that was not seen last',
    play(at, observe) {
      makeTwo(at);
      observe(() => statSync(at('second')).size);
      observe(() => readFileSync(at('first'), 'utf8'));
      renameSync(at('first'), at('moved'));
      observe(() => unlinkSync(at('moved')));
      useAll(at, 'second', observe);
    },
  },
  {
    title: 'the third of three names',
    play(at, observe) {
      makeTwo(at);
      linkSync(at('second'), at('third'));
      observe(() => unlinkSync(at('first')));
      observe(() => statSync(at('second')).size);
      observe(() => unlinkSync(at('second')));
      useAll(at, 'third', observe);
    },
  },
  {
    title: 'a second name whose directory is renamed',
    play(at, observe) {
      mkdirSync(at('one'));
      mkdirSync(at('other'));
      writeFileSync(at('one/first'), 'content');
      linkSync(at('one/first'), at('other/second'));
      observe(() => unlinkSync(at('one/first')));
      observe(() => renameSync(at('other'), at('another')));
      useAll(at, 'another/second', observe);
    },
  },
  {
    title: 'a second name, when another file was renamed over the first',
    play(at, observe) {
      makeTwo(at);
      writeFileSync(at('new'), 'another');
      observe(() => renameSync(at('new'), at('first')));
      useAll(at, 'second', observe);
      observe(() => readFileSync(at('first'), 'utf8'));
    },
  },
  {
    title: 'a second name of a symbolic link',
    play(at, observe) {
      symlinkSync('target', at('first'));
      observe(() => linkSync(at('first'), at('second')));
      observe(() => unlinkSync(at('first')));
      observe(() => readlinkSync(at('second')));
    },
  },
  {
    title: 'a second name, while the file is open by the first',
    play(at, observe) {
      makeTwo(at);
      const fd = openSync(at('first'), 'r+');
      observe(() => unlinkSync(at('first')));
      observe(() => readOf(fd));
      observe(() => writeSync(fd, 'C', 0));
      observe(() => readFileSync(at('second'), 'utf8'));
      observe(() => appendFileSync(at('second'), 'more'));
      observe(() => readOf(fd));
      closeSync(fd);
      useAll(at, 'second', observe);
    },
  },
  {
    title: 'a file that is open and has no name any more',
    play(at, observe) {
      writeFileSync(at('first'), 'content');
      const fd = openSync(at('first'), 'r+');
      observe(() => unlinkSync(at('first')));
      observe(() => lstatSync(at('first')));
      observe(() => fchmodSync(fd, 0o600));
      observe(() => ftruncateSync(fd, 4));
      observe(() => writeSync(fd, 'C', 0));
      observe(() => readOf(fd));
      closeSync(fd);
    },
  },
];

function seenIn(directory: string, { play }: Case): readonly unknown[] {
  const seen: unknown[] = [];
  mkdirSync(directory);
  play(
    (name) => join(directory, name),
    (act) => {
      try {
        seen.push(act() ?? 'done');
      } catch (error) {
        const { code, errno } = error as NodeJS.ErrnoException;
        seen.push(`${code} ${errno}`);
      }
    },
  );
  return seen;
}

async function withBindfs(
  options: readonly string[],
  use: (disk: MountedDisk, bindfs: Bindfs) => Promise<void> | void,
): Promise<void> {
  const bindfs = await Bindfs.mount(...options);
  try {
    await withMount(async (disk) => use(disk, bindfs), { backing: bindfs.path });
  } finally {
    await bindfs.close();
  }
}

/** What bindfs trusts of what it told before: for a second, never, for long. */
const trusts: readonly (readonly string[])[] = [
  [],
  ['-o', 'attr_timeout=0,entry_timeout=0'],
  ['-o', 'attr_timeout=600,entry_timeout=600'],
];

const mostPlays = 10;

/** What bindfs trusts for a second depends on the time, with us and without: only what differs every time differs. */
function againWhile(isOfTime: boolean, compare: (play: number) => void): void {
  for (let play = 0; ; play += 1) {
    try {
      compare(play);
      return;
    } catch (error) {
      if (!isOfTime || play === mostPlays) throw error;
    }
  }
}

for (const options of trusts) {
  test(`on a disk that goes by paths${options.map((word) => ` ${word}`).join('')}, names are as there`, {
    skip: needs('root', 'fuse', 'bindfs'),
  }, async (t) => {
    await withBindfs(options, async (disk, bindfs) => {
      for (const [index, one] of cases.entries()) {
        await t.test(one.title, () => {
          const compare = (play: number): void => {
            const direct = seenIn(join(bindfs.path, `direct${index}-${play}`), one);
            assert.deepEqual(seenIn(join(disk.mount, `mounted${index}-${play}`), one), direct);
          };
          againWhile(options.length === 0, compare);
        });
      }
    });
  });
}

/** With a wait for a name that may be changing each would take 50 ms. */
const atOnceMs = 50;
const rounds = 10;

test('a second name of a file whose first name was removed opens at once', {
  skip: needs('root', 'fuse', 'bindfs'),
}, async () => {
  await withBindfs([], ({ mount }) => {
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [first, second] = [join(mount, `first${round}`), join(mount, `second${round}`)];
      writeFileSync(first, 'content');
      linkSync(first, second);
      // Seen last by the name that goes.
      if (round % 2 === 0) {
        renameSync(first, `${first}-moved`);
        unlinkSync(`${first}-moved`);
      } else unlinkSync(first);
      const started = performance.now();
      assert.equal(readFileSync(second, 'utf8'), 'content');
      took.push(performance.now() - started);
    }
    const fastest = Math.min(...took.filter((_, round) => round % 2 === 0));
    assert.ok(fastest < atOnceMs, `took ${took.join(', ')} ms`);
  });
});

test('a second name is there after a death too', { skip: needs('root', 'fuse', 'bindfs') }, async () => {
  await withBindfs([], async (disk) => {
    const [first, second] = [join(disk.mount, 'first'), join(disk.mount, 'second')];
    writeFileSync(first, 'content');
    linkSync(first, second);
    const fd = openSync(second, 'r+');
    unlinkSync(first);
    assert.equal(readFileSync(second, 'utf8'), 'content');
    await killFaultProxy(disk);
    assert.equal(readOf(fd), 'content');
    closeSync(fd);
    assert.equal(readFileSync(second, 'utf8'), 'content');
    await killFaultProxy(disk);
    appendFileSync(second, ', more');
    assert.equal(readFileSync(second, 'utf8'), 'content, more');
  });
});
