/**
 * PID 1 of a container inherits the children of whoever dies there, and must take their leave. Node takes that of its
 * own children alone.
 */
import { libc } from '../../linux/libc.js';
import { scratch } from '../../linux/memory.js';

const P_ALL = 0;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
/** Of siginfo_t, as a word: si_pid of SIGCHLD, behind three ints and what aligns it. */
const pidWord = 4;

const lookMs = 1000;

/** A child of ours is gone when we look again; what is still there is nobody's. */
export function reapOrphans(): void {
  let before = 0;
  setInterval(() => {
    const dead = deadChild();
    if (dead !== 0 && dead === before) libc.waitpid(dead, 0, WNOHANG);
    before = deadChild();
  }, lookMs).unref();
}

/** Some child that ended and was not taken leave of; 0: none. */
function deadChild(): number {
  scratch.words[pidWord] = 0;
  libc.waitid(P_ALL, 0, scratch.address, WEXITED | WNOHANG | WNOWAIT);
  return scratch.words[pidWord] ?? 0;
}
