/** Every bound of the TCP proxy, but for the waits that others wait for: those stand in sidecar/proxy/timeouts.ts. */
export const limits = {
  /** Read at once from one connection: larger wins nothing, smaller costs throughput. */
  readBytes: 512 * 1024,
  /** Reads of one connection before the others have their turn. */
  readsInTurn: 8,
  /** Connections taken from one listener before those that are open have their turn. */
  acceptsInTurn: 64,
  /** Held for one direction of one connection, as the window of a long link would; then its sender waits. */
  flowBytes: 4 * 1024 * 1024,
  /** Held for all connections together; beyond, each holds only what one small read brings. */
  heldBytes: 96 * 1024 * 1024,
  crowdedReadBytes: 16 * 1024,
  /** What is copied aside and is less than this gets memory of its own size, not a whole buffer. */
  smallRestBytes: 256 * 1024,
  spareBuffers: 8,
  /** Between two pieces of `slice`: enough for a reader that waits to wake up. */
  sliceGapMs: 0.25,
  /** How much of `bandwidth` may pass at once: where a timer was late, and where nothing wanted to pass for a while. */
  burstMs: 20,
  idleBurstMs: 1,
  quantumBytes: 16 * 1024,
  /** A reset follows the bytes before it once these were received, looked at so often, waited for at most. */
  drainLookMs: 1,
  drainMs: 2000,
  /**
   * After the end that a fault made, what either side still sends is read and thrown away: for at most so long, and
   * so much. Beyond, it is not read, and then reset.
   */
  discardMs: 30_000,
  discardBytes: 1024 * 1024 * 1024,
  /** Without descriptors nothing is accepted for so long. */
  exhaustedMs: 100,
  /** Looks at one connection's first chunks, whether it begins to speak TLS. */
  tlsLooks: 8,
  /** Names are looked up again so often, and a look-up is waited for at most so long. */
  followMs: 5000,
  lookUpMs: 4000,
  /** Addresses of one name that are believed. */
  addressesOfName: 256,
  /** Rules are read back so often: while the kernel drops packets for a fault, and else. */
  watchArmedMs: 1000,
  watchMs: 5000,
  /** And soon after a start: the supervisor may just have been taking the rules away. */
  firstWatchMs: 300,
  /** `nft` and `ip` say at most so much. */
  commandBytes: 4 * 1024 * 1024,
} as const;
