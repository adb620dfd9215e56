/**
 * Acting in the name of whoever sent a request, for the length of one call: what is made belongs to him from the first
 * moment on, the sticky bit of a directory is kept to, and he gets no block that the file system keeps for root.
 *
 *     setfsgid, setfsuid, capset ─► the call ─► setfsuid, capset, setfsgid
 *
 * All of them change the calling thread alone. The kernel has checked his permissions already (`default_permissions`),
 * with groups that we do not know: so DAC_OVERRIDE is kept. What we are let past only as root is not: FOWNER and
 * SYS_RESOURCE.
 */
import { libc } from '../linux/libc.js';
import { allocate, type Memory } from '../linux/memory.js';
import type { Exchange } from './wire/exchange.js';

/** Numbers of linux/capability.h. */
const CAP = { FOWNER: 3, SETGID: 6, SETUID: 7, SYS_RESOURCE: 24 } as const;
const withoutFor = (1 << CAP.FOWNER) | (1 << CAP.SYS_RESOURCE);
const version3 = 0x20080522;
/** The kernel sends what no process asked for, such as pages of a mapping, in nobody's name. */
const nobody = 0xffffffff;

/** Words: {version, thread} of the header; {effective, permitted, inheritable} twice, the lower 32 capabilities first. */
const at = { header: 0, own: 16, others: 64 } as const;
const capWords = 6;

export class CallerIdentity {
  readonly #memory: Memory = allocate(4096);
  readonly #uid = process.geteuid?.() ?? 0;
  readonly #gid = process.getegid?.() ?? 0;
  readonly #mayChange: boolean;
  readonly #mustRestore: boolean;

  /** `mayChange: false` is how it is without the capabilities SETUID and SETGID. */
  constructor({ mayChange = true } = {}) {
    const { unsigned, address } = this.#memory;
    unsigned[at.header / 4] = version3;
    const known = libc.capget(address + at.header, address + at.own) === 0;
    const own = at.own / 4;
    const effective = unsigned[own] ?? 0;
    const others = at.others / 4;
    unsigned.copyWithin(others, own, own + capWords);
    unsigned[others] = effective & ~withoutFor;
    const needed = (1 << CAP.SETUID) | (1 << CAP.SETGID);
    this.#mayChange = mayChange && known && (effective & needed) === needed;
    this.#mustRestore = (effective & (1 << CAP.SYS_RESOURCE)) !== 0;
  }

  /** The user whose files are those that we make in nobody else's name. */
  get own(): number {
    return this.#uid;
  }

  /** Calls `act` in the name of `x`'s sender where we may, else in our own. `act` returns its error, negated. */
  as(x: Exchange, act: () => number): number {
    const { uid, gid } = x;
    if (!this.#mayChange || uid === nobody || (uid === this.#uid && gid === this.#gid)) return act();
    if (gid !== this.#gid) libc.setfsgid(gid);
    if (uid !== this.#uid) this.#become(uid);
    try {
      return act();
    } finally {
      if (uid !== this.#uid) this.#comeBack();
      if (gid !== this.#gid) libc.setfsgid(this.#gid);
    }
  }

  /** A change from root takes capabilities of files away, and one back to it gives them again (capabilities(7)). */
  #become(uid: number): void {
    const { address } = this.#memory;
    libc.setfsuid(uid);
    libc.capset(address + at.header, address + at.others);
  }

  #comeBack(): void {
    const { address } = this.#memory;
    libc.setfsuid(this.#uid);
    if (this.#mustRestore) libc.capset(address + at.header, address + at.own);
  }
}
