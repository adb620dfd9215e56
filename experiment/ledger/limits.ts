/** Every bound of the ledger. */
export const limits = {
  writers: 64,
  readers: 64,
  /** Then the writers end. A history of that many is 200 MB on disk, and 30 MB in memory while it is judged. */
  writes: 2_000_000,
  registerClients: 16,
  /** Operations on one register, then the next is begun: the time of a check grows faster than they do. */
  registerOperations: 150,
  /** Registers in use at once. */
  registersAtOnce: 3,
  /** Of one ledger; then their clients end. */
  registers: 1_500,
  /** Between two operations of one client of registers. */
  registerPauseMs: 50,
  /** All registers are checked within this, or the answer is Unknown. */
  linearizeMs: 20_000,
  /** Orders of one register that were tried, in memory. */
  triedOrders: 2_000_000,
  /** Between two writes of one writer, and between two reads of one reader. */
  pauseMs: 20,
  /** Acknowledged writes that readers look for. */
  recentWrites: 10_000,
  /** Reads with a flaw that are remembered. */
  flawedReads: 100_000,
  /** Between two attempts to connect: the first, and the longest. */
  reconnectMs: { first: 50, longest: 1_000 },
  operationTimeoutMs: { usual: 5_000, longest: 60_000 },
  /** All of a read-back, with waiting for a database that is away. */
  readBackMs: 60_000,
  /** A missing write is looked for again after this, for as long as fewer are missing each time. */
  settleMs: 1_000,
  /** No write was acknowledged for so long: a window of unavailability. */
  unavailableMs: 1_000,
  /** Of one reason that is kept. */
  whyCharacters: 200,
  /** Runs of which a pod that keeps ledgers remembers anything; then the oldest is forgotten. */
  runsKept: 4,
  /** How soon such a pod begins once more with a ledger that could not be begun. */
  beginAgainMs: 1_000,
  /** Of each flaw in a result. */
  examples: 5,
} as const;
