/**
 * Acting in the name of whoever sent a request. For the length of one call (`as`): what is made belongs to him from the
 * first moment on, and the sticky bit of a directory is kept to. And from one write to the next (`spendAs`): he gets no
 * block that the file system keeps for others, and no more than his quota.
 *
 *     as        setfsgid, setfsuid, capset ─► the call ─► setfsuid, capset, setfsgid
 *     spendAs   of the same as before: nothing; else the first three, which stay until `comeBack`
 *
 * All of them change the calling thread alone. The kernel has checked his permissions already (`default_permissions`),
 * with groups that we do not know: so DAC_OVERRIDE is kept. What we are let past only as root is not: SYS_RESOURCE, and
 * FOWNER for what is made. Who spends keeps FOWNER: he acts on files that are open, of any owner.
 */
import { libc } from '../linux/libc.js';
import { allocate, type Memory } from '../linux/memory.js';
import type { Exchange } from './wire/exchange.js';

/** Numbers of linux/capability.h. */
const CAP = { FOWNER: 3, SETGID: 6, SETUID: 7, SYS_RESOURCE: 24 } as const;
const version3 = 0x20080522;
/** The kernel sends what no process asked for, such as pages of a mapping, in nobody's name. */
const nobody = 0xffffffff;

/** Words: {version, thread} of the header; {effective, permitted, inheritable} twice, the lower 32 capabilities first. */
const at = { header: 0, own: 16, maker: 64, spender: 128 } as const;
const capWords = 6;

export class CallerIdentity {
  readonly #memory: Memory = allocate(4096);
  readonly #uid = process.geteuid?.() ?? 0;
  readonly #gid = process.getegid?.() ?? 0;
  readonly #mayChange: boolean;
  readonly #mustRestore: boolean;
  /** In whose name this thread acts now. */
  #presentUid: number = this.#uid;
  #presentGid: number = this.#gid;

  /** `mayChange: false` is how it is without the capabilities SETUID and SETGID. */
  constructor({ mayChange = true } = {}) {
    const { unsigned, address } = this.#memory;
    unsigned[at.header / 4] = version3;
    const known = libc.capget(address + at.header, address + at.own) === 0;
    const effective = unsigned[at.own / 4] ?? 0;
    this.#setWithout(at.spender, 1 << CAP.SYS_RESOURCE);
    this.#setWithout(at.maker, (1 << CAP.SYS_RESOURCE) | (1 << CAP.FOWNER));
    const needed = (1 << CAP.SETUID) | (1 << CAP.SETGID);
    this.#mayChange = mayChange && known && (effective & needed) === needed;
    this.#mustRestore = this.#uid !== 0 || (effective & (1 << CAP.SYS_RESOURCE)) !== 0;
  }

  /** The user whose files are those that we make in nobody else's name. */
  get own(): number {
    return this.#uid;
  }

  /** Calls `act` in the name of the request's sender where we may, else in our own. `act` returns its error, negated. */
  as({ uid, gid }: Exchange, act: () => number): number {
    this.#become(uid, gid, at.maker);
    try {
      return act();
    } finally {
      this.comeBack();
    }
  }

  /** From here to `comeBack` blocks are taken in the name of this user, where we may. Nothing must be made meanwhile. */
  spendAs(uid: number, gid: number): void {
    if (uid !== this.#presentUid || gid !== this.#presentGid) this.#become(uid, gid, at.spender);
  }

  /** From here on this thread acts in our own name. */
  comeBack(): void {
    const { address } = this.#memory;
    if (this.#presentUid !== this.#uid) {
      libc.setfsuid(this.#uid);
      if (this.#mustRestore) libc.capset(address + at.header, address + at.own);
    }
    if (this.#presentGid !== this.#gid) libc.setfsgid(this.#gid);
    this.#presentUid = this.#uid;
    this.#presentGid = this.#gid;
  }

  /** A change from root takes capabilities of files away, and one back to it gives them again (capabilities(7)). */
  #become(uid: number, gid: number, capabilities: number): void {
    const { address } = this.#memory;
    this.comeBack();
    if (!this.#mayChange || uid === nobody) return;
    if (gid !== this.#gid) libc.setfsgid(gid);
    this.#presentGid = gid;
    if (uid === this.#uid) return;
    libc.setfsuid(uid);
    libc.capset(address + at.header, address + capabilities);
    this.#presentUid = uid;
  }

  #setWithout(offset: number, left: number): void {
    const { unsigned } = this.#memory;
    const own = at.own / 4;
    unsigned.copyWithin(offset / 4, own, own + capWords);
    unsigned[offset / 4] = (unsigned[own] ?? 0) & ~left;
  }
}
