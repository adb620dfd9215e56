/** POSIX access control lists in the kernel's xattr format: a version, then entries of tag, permissions and id. */
export interface AccessList {
  readonly owner: number;
  readonly group: number;
  readonly other: number;
  /** Permissions by uid. They need a mask. */
  readonly users?: Readonly<Record<number, number>>;
  readonly mask?: number;
}

const tags = { owner: 1, user: 2, group: 4, mask: 16, other: 32 };
const noId = 0xffff_ffff;

export function acl({ owner, group, other, users, mask }: AccessList): Buffer {
  const version = Buffer.of(2, 0, 0, 0);
  return Buffer.concat([
    version,
    entry(tags.owner, owner),
    ...Object.entries(users ?? {}).map(([uid, permissions]) => entry(tags.user, permissions, Number(uid))),
    entry(tags.group, group),
    ...(mask === undefined ? [] : [entry(tags.mask, mask)]),
    entry(tags.other, other),
  ]);
}

function entry(tag: number, permissions: number, id = noId): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(permissions, 2);
  bytes.writeUInt32LE(id, 4);
  return bytes;
}
