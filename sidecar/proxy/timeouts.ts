/**
 * The bounds of a fault proxy that others wait for in their turn; a bound that contains another is computed from it.
 * Its supervisor's follow in `sidecar/supervise/timeouts.ts`, those of commands in `cli/client/client-limits.ts`.
 *
 *     armed   =  a new name is looked up + the TCP proxy's thread takes it   <  the registry's bound  <  the command's
 *     drained =  what is in flight on the disk                               <  the supervisor's bound
 *     alive   =  beats of the main thread, turns of the TCP proxy's thread   <  the supervisor's patience
 */

/** Of a name that is new: arming waits for it. */
const firstLookUpMs = 1500;
/** The TCP proxy's thread has taken the armed faults by then. */
const tcpTakesMs = 4000;

export const proxyTimeouts = {
  firstLookUpMs,
  tcpTakesMs,
  /**
   * An applier that has not taken a change by then has failed, and everything is disarmed. `nft` may take longer on a
   * node short of processors: then, too, nobody knows what is in force.
   */
  applyMs: firstLookUpMs + tcpTakesMs + 500,
  /** How long an answer waits for the disk that deadlines are kept on. */
  keptMs: 2000,

  /** The first time the TCP proxy's thread loads its code before, which takes seconds where a node starts many pods at once. */
  tcpStartMs: 30_000,
  /** The holder answers at once or is not there. */
  holderAnswerMs: 20_000,
  /** For a holder that is being started, or started again. */
  holderListensMs: 30_000,
  /** `nft` and `ip`: a node short of processors needs seconds for one. */
  netfilterCommandMs: 20_000,

  /** Asked to end, for requests that are in flight. */
  diskDrainMs: 3000,
  /** Between its last message and its end: it is to be heard. */
  farewellMs: 100,

  /** Signs of life: of the main thread, and of the TCP proxy's thread where nothing else wakes it up. */
  beatMs: 250,
  tcpTurnMs: 1000,
} as const;
