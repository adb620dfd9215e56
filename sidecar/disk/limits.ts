/** Every bound of the disk server, but for the waits that others wait for: those stand in sidecar/proxy/timeouts.ts. */
export const limits = {
  /** Requests that wait at once; past it the one that waits longest is let through, and counted. */
  waiting: 16_384,
  /** Likewise the bytes of all that wait: a share of the memory that there is, and within these two. */
  waitingShare: 1 / 8,
  waitingBytes: 512 * 2 ** 20,
  leastWaitingBytes: 8 * 2 ** 20,
  /** What is noted of a request that waits, about. */
  noteBytes: 1024,
  /** Reader threads a volume: one more than may wait for the disk. */
  readers: 4,
  /** Interrupts remembered for requests that did not reach the wait queue yet. */
  earlyInterrupts: 1024,
  /** How often a process whose wait was interrupted is asked whether it is being killed. */
  killCheckMs: 100,
  /** Cache-dropping notifications under way at once; each holds a thread of libuv's pool while pages are locked. */
  drops: 8,
  /** How long a write waits until pages are dropped; answered then, they are dropped when they are free. */
  dropMs: 5000,
  /** From filling its pages to the arrival of its request, a write takes at most so long. */
  writtenWithinS: 30,
  /** How often the device is looked at for requests that no reader takes. */
  reliefMs: 100,
  /** How long arming waits for caches to be dropped before it reports itself done. */
  armMs: 90,
  /** How often it is looked whether the kernel knows too many inodes, or memory of those that it forgot can go. */
  inodesMs: 100,
  /** It is asked to forget so many at once, of at most so many that are looked at. */
  forgotten: 2048,
  inodesLookedAt: 1 << 16,
  /** It then has so long, when it forgot nothing the last time; at most twice as long each time. */
  inodesPauseMs: 5000,
  /** Nothing new for so long: what one walk through the volume showed is forgotten, too. */
  inodesRestMs: 5000,
  /** Pages that are given back to the kernel under one hold of the lock, and at one look. */
  pagesOfHold: 64,
  pagesOfLook: 2048,
  /** What a new inode costs when there are nearly as many as there may be. */
  growthMs: 1,
  /** A holder that is being started again is looked for so often. */
  holderLookMs: 100,
  /** For room in the holder's socket while everything is handed over: readers may wait for the lock meanwhile. */
  handOverMs: 50,
  /** How often a disk beneath is asked whether it answers, and how long that may take before it counts as trouble. */
  beneathMs: 1000,
  beneathLateMs: 5000,
  /** A throttle lets this much of its rate through at once. */
  burstMs: 50,
} as const;
