import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  statfsSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { opcode } from '../../../sidecar/disk/wire/opcodes.js';
import { bytesOf, expected, found, readFrames, type Values } from '../../frames/frames.js';
import { OpenedVolume } from './opened-volume.js';
import { u32, u64 } from './request.js';

const files = ['names', 'files', 'attributes', 'directories', 'extended-attributes', 'volume'];

for (const file of files) {
  test(`requests about ${file} are answered byte for byte`, async (t) => {
    const volume = OpenedVolume.open(t);
    furnish(volume);
    const values = valuesOf(volume);
    for (const { title, request, reply } of readFrames(file)) {
      await t.test(title, () => {
        const frame = bytesOf(request, values);
        const answer = sorted(frame, volume.serve(frame) ?? Buffer.alloc(0));
        assert.deepEqual(found(answer, reply, values), expected(reply, values));
      });
    }
    assert.deepEqual(volume.crashes, []);
  });
}

test('every request says its length', () => {
  const values = (name: string): Buffer => Buffer.alloc(name === 'uid' || name === 'gid' ? 4 : 8);
  for (const file of [...files, 'init']) {
    for (const { title, request } of readFrames(file)) {
      const bytes = bytesOf(request, values);
      assert.equal(bytes.readUInt32LE(0), bytes.length, title);
    }
  }
});

/** What the files' introductions promise. */
function furnish(volume: OpenedVolume): void {
  chmodSync(volume.directory, 0o755);
  writeFileSync(volume.path('hello'), 'hello, havoc!\n');
  chmodSync(volume.path('hello'), 0o640);
  utimesSync(volume.path('hello'), 1_000_000_000.5, 1_100_000_000.25);
  mkdirSync(volume.path('sub'));
  chmodSync(volume.path('sub'), 0o755);
  writeFileSync(volume.path('sub', 'file'), '');
  chmodSync(volume.path('sub', 'file'), 0o644);
  symlinkSync('hello', volume.path('link'));
  lutimesSync(volume.path('link'), 1_000_000_000, 1_100_000_000);
}

/** Entries of directories by name: their order is the file system's. */
function sorted(frame: Buffer, answer: Buffer): Buffer {
  const op = frame.readUInt32LE(4);
  if (op !== opcode.READDIR && op !== opcode.READDIRPLUS) return answer;
  const nameAt = op === opcode.READDIR ? 24 : 152;
  const entries: { readonly name: string; readonly bytes: Buffer }[] = [];
  for (let at = 16; at < answer.length; at += entries.at(-1)?.bytes.length ?? 0) {
    const nameEnd = at + nameAt + answer.readUInt32LE(at + nameAt - 8);
    const name = answer.toString('utf8', at + nameAt, nameEnd);
    entries.push({ name, bytes: answer.subarray(at, at + Math.ceil((nameEnd - at) / 8) * 8) });
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Buffer.concat([answer.subarray(0, 16), ...entries.map(({ bytes }) => bytes)]);
}

/** `{uid}`, `{statfs.blocks}`, `{sub/file.ino}`; `{.ino}` is the root's. */
function valuesOf(volume: OpenedVolume): Values {
  return (name) => {
    if (name === 'uid') return u32(process.getuid?.() ?? 0);
    if (name === 'gid') return u32(process.getgid?.() ?? 0);
    const dot = name.lastIndexOf('.');
    const [file, property] = [name.slice(0, dot), name.slice(dot + 1)];
    return file === 'statfs' ? statfsValue(volume, property) : attribute(volume.path(file), property);
  };
}

function attribute(path: string, property: string): Buffer {
  const stat = lstatSync(path, { bigint: true });
  const ofSecond = (ns: bigint): Buffer => u32(Number(ns % 1_000_000_000n));
  const attributes: Readonly<Record<string, Buffer>> = {
    ino: u64(stat.ino),
    blocks: u64(stat.blocks),
    atime: u64(stat.atimeNs / 1_000_000_000n),
    mtime: u64(stat.mtimeNs / 1_000_000_000n),
    ctime: u64(stat.ctimeNs / 1_000_000_000n),
    size: u64(stat.size),
    atimensec: ofSecond(stat.atimeNs),
    mtimensec: ofSecond(stat.mtimeNs),
    ctimensec: ofSecond(stat.ctimeNs),
    nlink: u32(Number(stat.nlink)),
    blksize: u32(Number(stat.blksize)),
  };
  return attributes[property] ?? assert.fail(`no attribute is called ${property}`);
}

function statfsValue(volume: OpenedVolume, property: string): Buffer {
  const { blocks, files: inodes, bsize } = statfsSync(volume.directory, { bigint: true });
  const figures: Readonly<Record<string, Buffer>> = {
    blocks: u64(blocks),
    files: u64(inodes),
    bsize: u32(Number(bsize)),
  };
  return figures[property] ?? assert.fail(`statfs shows no ${property}`);
}
