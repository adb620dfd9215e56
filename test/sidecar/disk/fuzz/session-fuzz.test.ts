/** Requests that nobody would send, by the thousand: one reply or none, nothing outside touched, never a crash. */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { opcode } from '../../../../sidecar/disk/wire/opcodes.js';
import { bufferBytes, replyAt } from '../../../../sidecar/disk/wire/sizes.js';
import { libc } from '../../../../sidecar/linux/libc.js';
import { raiseDescriptorLimit } from '../../../../sidecar/linux/limits.js';
import { scratch } from '../../../../sidecar/linux/memory.js';
import { armedFaultsOf } from '../../../faults/armed-faults-of.js';
import { SeededRandom } from '../../../seeded-random.js';
import { OpenedVolume } from '../opened-volume.js';
import { replyOf } from '../request.js';
import { Known, likely, likelyRequest } from './likely-requests.js';
import { mutate } from './mutate.js';

const seed = Number(process.env['HAVOCK8S_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const steps = Number(process.env['HAVOCK8S_FUZZ_STEPS'] ?? 1500);
console.log(`seed ${seed}`);

const RLIMIT_FSIZE = 1;
const longestFile = 4n << 20n;
const unbounded = -1n;
const neverAnswered: readonly number[] = [opcode.FORGET, opcode.BATCH_FORGET, opcode.INTERRUPT];

test('mutated requests get one reply or none, and reach nothing outside the volume', (t) => {
  fuzz(t, () => {});
});

test('they do so too with every effect armed', (t) => {
  const { version, faults } = armedFaultsOf(
    'disk error EIO chance 5%',
    'disk latency 1s on read,write chance 5%',
    'disk short 7 chance 20%',
    'disk corrupt 9 bits chance 20%',
    'disk full after 64Ki',
    'disk throttle 10 iops on getattr chance 20%',
    'disk freeze on statfs',
    'disk readonly in sub/** chance 50%',
  );
  assert.equal(faults.length, 8);
  const armed = faults.map((fault) => ({ ...fault, endsMs: Date.now() + 600_000 }));
  fuzz(t, (volume) => volume.arm({ version, faults: armed }));
});

function fuzz(t: TestContext, prepare: (volume: OpenedVolume) => void): void {
  const random = new SeededRandom(seed);
  const volume = OpenedVolume.open(t);
  furnish(volume);
  const before = pictureBeside(volume.directory);
  boundFiles(longestFile);
  t.after(() => boundFiles(unbounded));
  prepare(volume);
  const known = new Known();
  for (let step = 0; step < steps; step++) {
    const sound = likelyRequest(random.one(likely), known, random);
    const frame = random.chance(0.6) ? mutate(sound, random) : sound;
    const where = `seed ${seed}, step ${step}, ${frame.toString('hex')}`;
    const answer = attempt(volume, frame, where);
    if (answer !== null) known.learn(frame.readUInt32LE(4), replyOf(answer));
  }
  assert.deepEqual(pictureBeside(volume.directory), before, `seed ${seed}`);
}

function attempt(volume: OpenedVolume, frame: Buffer, where: string): Buffer | null {
  const taken = (): number => volume.waiting.length + volume.leftReplies.length;
  const before = taken();
  let answer: Buffer | null = null;
  assert.doesNotThrow(() => {
    answer = volume.serve(frame);
  }, where);
  assert.deepEqual(volume.crashes, [], where);
  const answers = (answer === null ? 0 : 1) + taken() - before;
  assert.equal(answers, isAnswered(frame) ? 1 : 0, where);
  if (answer !== null) checkReply(frame, answer, where);
  return answer;
}

const isAnswered = (frame: Buffer): boolean =>
  frame.length >= 40 && !neverAnswered.includes(frame.readUInt32LE(4));

/** What dev.c of the kernel refuses would leave the request unanswered. */
function checkReply(frame: Buffer, answer: Buffer, where: string): void {
  const { length, error, unique, payload } = replyOf(answer);
  assert.equal(length, answer.length, where);
  assert.ok(length <= bufferBytes - replyAt, where);
  assert.equal(unique, frame.readBigUInt64LE(8), where);
  assert.ok(error <= 0 && error > -512, where);
  if (error !== 0) assert.equal(payload.length, 0, where);
  assert.ok(payload.length <= roomFor(frame), where);
}

/** How much payload the request asks for at most. */
function roomFor(frame: Buffer): number {
  switch (frame.readUInt32LE(4)) {
    case opcode.READ:
    case opcode.READDIR:
    case opcode.READDIRPLUS:
      return frame.length < 80 ? 0 : frame.readUInt32LE(56);
    case opcode.GETXATTR:
    case opcode.LISTXATTR:
      return frame.length < 48 ? 0 : frame.readUInt32LE(40) || 8;
    default:
      return bufferBytes;
  }
}

/** A volume with ways out of it, and beside it what must stay as it is. */
function furnish(volume: OpenedVolume): void {
  const sentinel = join(volume.directory, '..', 'sentinel');
  mkdirSync(join(sentinel, 'sub'), { recursive: true });
  writeFileSync(join(sentinel, 'file'), 'untouched');
  writeFileSync(join(sentinel, 'sub', 'file'), 'untouched');
  mkdirSync(volume.path('sub'));
  writeFileSync(volume.path('a'), 'a'.repeat(10_000));
  symlinkSync('../sentinel', volume.path('to-sentinel'));
  symlinkSync(join(sentinel, 'file'), volume.path('absolute'));
}

/** Everything about what lies beside a directory that a change would change. */
function pictureBeside(directory: string): readonly (readonly unknown[])[] {
  const parent = dirname(directory);
  const others = readdirSync(parent).filter((name) => name !== basename(directory));
  return others.flatMap((name) => picture(join(parent, name)));
}

function picture(path: string): readonly (readonly unknown[])[] {
  const stat = lstatSync(path, { bigint: true });
  const { ino, mode, nlink, uid, gid, size, mtimeNs, ctimeNs } = stat;
  const content = stat.isFile() ? readFileSync(path, 'utf8') : '';
  const below = stat.isDirectory() ? readdirSync(path).flatMap((name) => picture(join(path, name))) : [];
  return [[path, ino, mode, nlink, uid, gid, size, mtimeNs, ctimeNs, content], ...below];
}

/** Of this process: no mutation shall fill the disk. */
function boundFiles(bytes: bigint): void {
  raiseDescriptorLimit();
  scratch.longs[0] = bytes;
  scratch.longs[1] = unbounded;
  assert.equal(libc.setrlimit(RLIMIT_FSIZE, scratch.address), 0);
}
