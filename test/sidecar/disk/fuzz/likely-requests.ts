/** Requests that the kernel might send, about what it was told of before: where mutations begin. */
import { opcode } from '../../../../sidecar/disk/wire/opcodes.js';
import type { SeededRandom } from '../../../seeded-random.js';
import { names, type OpcodeName, type Reply, request, root, u32, u64 } from '../request.js';

/** What replies have told, the newest of it: much of what is older is gone. */
export class Known {
  readonly nodes: number[] = [];
  readonly handles: number[] = [];

  /** As the kernel would, whatever was asked. */
  learn(op: number, { error, payload }: Reply): void {
    if (error !== 0) return;
    if (entries.has(op)) note(this.nodes, payload, 0);
    if (op === opcode.OPEN || op === opcode.OPENDIR) note(this.handles, payload, 0);
    if (op === opcode.CREATE || op === opcode.TMPFILE) note(this.handles, payload, 128);
  }
}

const mostKnown = 12;

function note(known: number[], payload: Buffer, at: number): void {
  known.push(Number(payload.readBigUInt64LE(at)));
  if (known.length > mostKnown) known.shift();
}

const { LOOKUP, MKDIR, MKNOD, SYMLINK, LINK, CREATE, TMPFILE } = opcode;
const entries: ReadonlySet<number> = new Set([LOOKUP, MKDIR, MKNOD, SYMLINK, LINK, CREATE, TMPFILE]);

const pool = ['a', 'b', 'sub', 'to-sentinel', 'absolute', 'n'.repeat(255)] as const;
const flags = [0, 1, 2, 0o1000, 0o2000, 0o4000, 0o40000, 0o200000, 0o2000002, 0o20200002] as const;

const { INIT, DESTROY, BMAP, POLL, GETLK, SETLK, SETLKW, SYNCFS, ...answered } = opcode;
/** What is answered; what makes and finds things more often, so that there is something to be asked about. */
export const likely = [
  ...(Object.keys(answered) as OpcodeName[]),
  ...(['LOOKUP', 'LOOKUP', 'CREATE', 'OPEN', 'OPEN', 'OPENDIR', 'MKDIR', 'WRITE', 'DESTROY'] as const),
];

export function likelyRequest(op: OpcodeName, known: Known, random: SeededRandom): Buffer {
  const nodeid = random.one([root, root, root, root, ...known.nodes]);
  return request(op, { nodeid, pid: process.pid }, ...argumentsOf(op, known, random));
}

function argumentsOf(op: OpcodeName, known: Known, random: SeededRandom): readonly Buffer[] {
  const name = (): Buffer => names(random.one(pool));
  const node = (): Buffer => u64(random.one([root, ...known.nodes]));
  const handle = (): Buffer => u64(random.one([0, ...known.handles]));
  const size = (): number => random.one([0, 1, 24, 100, 4096, 65_536]);
  const offset = (): Buffer => u64(random.one([0, 1, 4095, 4096, 1_000_000]));
  switch (op) {
    case 'LOOKUP':
    case 'UNLINK':
    case 'RMDIR':
      return [name()];
    case 'MKDIR':
      return [u32(0o755, 0o022), name()];
    case 'MKNOD':
      return [u32(random.one([0o100644, 0o140644]), 0, 0o022, 0), name()];
    case 'SYMLINK':
      return [name(), names(random.one(['a', '..', '../sentinel/file', 'sub']))];
    case 'LINK':
      return [node(), name()];
    case 'RENAME':
      return [node(), name(), name()];
    case 'RENAME2':
      return [node(), u32(random.integer(3), 0), name(), name()];
    case 'FORGET':
      return [u64(1)];
    case 'BATCH_FORGET':
      return [u32(2, 0), node(), u64(1), node(), u64(1)];
    case 'OPEN':
    case 'OPENDIR':
      return [u32(random.one(flags), random.integer(2))];
    case 'CREATE':
    case 'TMPFILE':
      return [u32(random.one(flags) | random.one([0, 0o300]), 0o100644, 0o022, 0), name()];
    case 'READ':
    case 'READDIR':
    case 'READDIRPLUS':
      return [handle(), offset(), u32(size(), 0), u64(0), u32(0, 0)];
    case 'WRITE': {
      const data = random.bytes(size());
      return [handle(), offset(), u32(data.length, random.integer(8)), u64(0), u32(0, 0), data];
    }
    case 'RELEASE':
    case 'RELEASEDIR':
      return [handle(), u32(0, 0), u64(0)];
    case 'FLUSH':
      return [handle(), u32(0, 0), u64(0)];
    case 'FSYNC':
    case 'FSYNCDIR':
      return [handle(), u32(random.integer(2), 0)];
    case 'GETATTR':
      return [u32(random.integer(2), 0), handle()];
    case 'STATX':
      return [u32(random.integer(2), 0), handle(), u32(0, 0xfff)];
    case 'SETATTR':
      return [
        u32(random.integer(4096), 0),
        handle(),
        offset(),
        u64(0, 1, 2, 3),
        u32(0, 1, 2, 0o755, 0, 0, 0, 0),
      ];
    case 'SETXATTR':
      return [u32(5, random.integer(3), 0, 0), names(random.one(['user.a', 'user.b'])), Buffer.from('value')];
    case 'GETXATTR':
      return [u32(size(), 0), names(random.one(['user.a', 'user.b']))];
    case 'LISTXATTR':
      return [u32(size(), 0)];
    case 'REMOVEXATTR':
      return [names('user.a')];
    case 'FALLOCATE':
      return [handle(), offset(), u64(size()), u32(random.integer(4), 0)];
    case 'LSEEK':
      return [handle(), offset(), u32(random.integer(5), 0)];
    case 'COPY_FILE_RANGE':
    case 'COPY_FILE_RANGE_64':
      return [handle(), offset(), node(), handle(), offset(), u64(size(), 0)];
    case 'IOCTL':
      return [handle(), u32(0, random.one([0x8008_6601, 0x801c_581f, 0x5401])), u64(0), u32(0, 64)];
    case 'INTERRUPT':
      return [u64(random.integer(1000))];
    default:
      return [u64(0, 0, 0)];
  }
}
