/**
 * The fault proxy dies between the act and the answer; the kernel hands the request to the next one, bit 63 of its
 * number set. What was done is not done twice, and whoever asked is told that it was done.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { OpenedVolume } from './opened-volume.js';
import {
  ask,
  handleOf,
  lookUp,
  names,
  nodeidOf,
  openFile,
  readFrame,
  releaseFrame,
  request,
  resent,
  root,
  u32,
  u64,
  writeFrame,
} from './request.js';

const { EEXIST, ENOENT, ENODATA } = constants.errno;
const O_RDWR = 2;
const O_WRONLY_APPEND = 0o2001;
const O_CREAT_EXCL = 0o300;
const RENAME_EXCHANGE = 2;
const XATTR_CREATE = 1;
const unique = 1_000_000n;

interface Case {
  readonly title: string;
  /** Done by the first fault proxy, before. */
  readonly before?: (volume: OpenedVolume) => void;
  readonly frame: (number: bigint) => Buffer;
  readonly after: (volume: OpenedVolume) => void;
}

const file = (volume: OpenedVolume, name: string, content: string): void => {
  writeFileSync(volume.path(name), content);
  lookUp(volume, name);
};
const content = (volume: OpenedVolume, name: string): string => readFileSync(volume.path(name), 'utf8');

const cases: readonly Case[] = [
  {
    title: 'a directory that was made',
    frame: (number) => request('MKDIR', { unique: number }, u32(0o755, 0), names('made')),
    after: (volume) => assert.ok(lstatSync(volume.path('made')).isDirectory()),
  },
  {
    title: 'a file that was made by mknod(2)',
    frame: (number) => request('MKNOD', { unique: number }, u32(0o100600, 0, 0, 0), names('made')),
    after: (volume) => assert.equal(lstatSync(volume.path('made')).mode, 0o100600),
  },
  {
    title: 'a symbolic link that was made',
    frame: (number) => request('SYMLINK', { unique: number }, names('made', 'target')),
    after: (volume) => assert.equal(readlinkSync(volume.path('made')), 'target'),
  },
  {
    title: 'a hard link that was made',
    before: (volume) => file(volume, 'a', 'A'),
    frame: (number) => request('LINK', { unique: number }, u64(2), names('b')),
    after: (volume) => assert.equal(lstatSync(volume.path('b')).nlink, 2),
  },
  {
    title: 'a name that was removed',
    before: (volume) => file(volume, 'a', 'A'),
    frame: (number) => request('UNLINK', { unique: number }, names('a')),
    after: (volume) => assert.equal(existsSync(volume.path('a')), false),
  },
  {
    title: 'a directory that was removed',
    before: (volume) => mkdirSync(volume.path('a')),
    frame: (number) => request('RMDIR', { unique: number }, names('a')),
    after: (volume) => assert.equal(existsSync(volume.path('a')), false),
  },
  {
    title: 'a name that was moved',
    before: (volume) => file(volume, 'a', 'A'),
    frame: (number) => request('RENAME', { unique: number }, u64(root), names('a', 'b')),
    after: (volume) => assert.deepEqual([readdirSync(volume.directory), content(volume, 'b')], [['b'], 'A']),
  },
  {
    title: 'a name that was moved over another',
    before: (volume) => {
      file(volume, 'a', 'A');
      file(volume, 'b', 'B');
    },
    frame: (number) => request('RENAME', { unique: number }, u64(root), names('a', 'b')),
    after: (volume) => assert.deepEqual([readdirSync(volume.directory), content(volume, 'b')], [['b'], 'A']),
  },
  {
    title: 'two names that were exchanged',
    before: (volume) => {
      file(volume, 'a', 'A');
      file(volume, 'b', 'B');
    },
    frame: (number) =>
      request('RENAME2', { unique: number }, u64(root), u32(RENAME_EXCHANGE, 0), names('a', 'b')),
    after: (volume) => assert.equal(content(volume, 'a') + content(volume, 'b'), 'BA'),
  },
  {
    title: 'an attribute that was set where there was none',
    before: (volume) => file(volume, 'a', 'A'),
    frame: (number) =>
      request(
        'SETXATTR',
        { nodeid: 2, unique: number },
        u32(1, XATTR_CREATE, 0, 0),
        names('user.a'),
        Buffer.from('v'),
      ),
    after: (volume) => {
      const shown = ask(volume, request('GETXATTR', { nodeid: 2 }, u32(16, 0), names('user.a')));
      assert.equal(shown.payload.toString(), 'v');
    },
  },
  {
    title: 'an attribute that was removed',
    before: (volume) => {
      file(volume, 'a', 'A');
      ask(volume, request('SETXATTR', { nodeid: 2 }, u32(1, 0, 0, 0), names('user.a'), Buffer.from('v')));
    },
    frame: (number) => request('REMOVEXATTR', { nodeid: 2, unique: number }, names('user.a')),
    after: (volume) => {
      const shown = ask(volume, request('GETXATTR', { nodeid: 2 }, u32(16, 0), names('user.a')));
      assert.equal(shown.error, -ENODATA);
    },
  },
];

for (const { title, before, frame, after } of cases) {
  test(`${title} is answered as done, however often it is asked`, (t) => {
    let volume = OpenedVolume.open(t);
    before?.(volume);
    assert.equal(ask(volume, frame(unique)).error, 0);
    for (let life = 2; life <= 4; life++) {
      volume = volume.die(t);
      assert.equal(ask(volume, frame(unique | resent)).error, 0, `in life ${life}`);
      after(volume);
    }
    assert.deepEqual(volume.crashes, []);
  });

  test(`${title} is remembered when the next fault proxy did other things before it died`, (t) => {
    const first = OpenedVolume.open(t);
    before?.(first);
    ask(first, frame(unique));
    const second = first.die(t);
    ask(second, request('MKDIR', { unique: 2_000_000n | resent }, u32(0o755, 0), names('other')));
    const third = second.die(t);
    assert.equal(ask(third, frame(unique | resent)).error, 0);
    ask(third, request('RMDIR', {}, names('other')));
    after(third);
  });
}

test('a file that was made to be the only one is opened', (t) => {
  const first = OpenedVolume.open(t);
  const frame = (number: bigint): Buffer =>
    request('CREATE', { unique: number }, u32(O_CREAT_EXCL | O_RDWR, 0o100600, 0, 0), names('made'));
  const made = ask(first, frame(unique));
  const second = first.die(t);
  const again = ask(second, frame(unique | resent));
  assert.equal(again.error, 0);
  assert.equal(nodeidOf(again), nodeidOf(made));
  const fh = handleOf(again);
  assert.equal(ask(second, writeFrame(nodeidOf(again), fh, 0, Buffer.from('content'))).error, 0);
  assert.equal(content(second, 'made'), 'content');
  assert.equal(ask(second, frame(unique + 2n)).error, -EEXIST);
});

test('a handle that was let go of and given out again is not closed by the request that comes again', (t) => {
  const first = OpenedVolume.open(t);
  file(first, 'a', 'A');
  file(first, 'b', 'B');
  const fh = handleOf(openFile(first, 2, O_RDWR));
  ask(first, releaseFrame(2, fh, unique));
  const second = first.die(t);
  assert.equal(handleOf(openFile(second, 3, O_RDWR)), fh);
  assert.equal(ask(second, releaseFrame(2, fh, unique | resent)).error, 0);
  assert.equal(ask(second, readFrame(3, fh, 0, 16)).payload.toString(), 'B');
});

test('what a fault proxy began and did not get to is done by the next', (t) => {
  const first = OpenedVolume.open(t);
  file(first, 'a', 'A');
  file(first, 'b', 'B');
  const { ino } = lstatSync(first.path('a'));
  const frame = request(
    'RENAME2',
    { unique: unique | resent },
    u64(root),
    u32(RENAME_EXCHANGE, 0),
    names('a', 'b'),
  );
  first.begin(unique, ino);
  const second = first.die(t);
  assert.equal(ask(second, frame).error, 0);
  assert.equal(content(second, 'a') + content(second, 'b'), 'BA');
});

test('a request that comes for the first time is not an old one, though a file of its name is there', (t) => {
  const first = OpenedVolume.open(t);
  const frame = (number: bigint): Buffer =>
    request('MKDIR', { unique: number }, u32(0o755, 0), names('made'));
  ask(first, frame(unique));
  const second = first.die(t);
  assert.equal(ask(second, frame(unique)).error, -EEXIST, 'not handed out again');
  assert.equal(ask(second, frame((unique + 2n) | resent)).error, -EEXIST, 'never begun');
  assert.equal(
    ask(second, request('UNLINK', { unique: (unique + 4n) | resent }, names('none'))).error,
    -ENOENT,
  );
});

test('what was appended to an append-only file by a disk server that died is not appended again', {
  skip: needs('root'),
}, (t) => {
  const first = OpenedVolume.open(t);
  file(first, 'log', 'one\n');
  setAppendOnly(first.path('log'), true);
  try {
    const node = nodeidOf(lookUp(first, 'log'));
    const fh = handleOf(openFile(first, node, O_WRONLY_APPEND));
    const frame = (number: bigint, data: string): Buffer =>
      request(
        'WRITE',
        { nodeid: node, unique: number },
        u64(fh, 4),
        u32(data.length, 0),
        u64(0),
        u32(0, 0),
        Buffer.from(data),
      );
    assert.equal(ask(first, frame(unique, 'two\n')).payload.readUInt32LE(0), 4);
    const second = first.die(t);
    assert.equal(ask(second, frame(unique | resent, 'two\n')).payload.readUInt32LE(0), 4, 'all of it was');
    assert.equal(content(second, 'log'), 'one\ntwo\n');
    assert.equal(
      ask(second, frame((unique + 2n) | resent, 'two\nthree\n')).payload.readUInt32LE(0),
      10,
      'a part was',
    );
    assert.equal(content(second, 'log'), 'one\ntwo\nthree\n');
    assert.equal(
      ask(second, frame((unique + 4n) | resent, 'other')).payload.readUInt32LE(0),
      5,
      'nothing was',
    );
    assert.equal(content(second, 'log'), 'one\ntwo\nthree\nother');
  } finally {
    setAppendOnly(first.path('log'), false);
  }
});

function setAppendOnly(path: string, on: boolean): void {
  const { status, stderr } = spawnSync('chattr', [on ? '+a' : '-a', path], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
