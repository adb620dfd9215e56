/** Every bound of the language, in one place. Beyond a bound is a problem, never a clamp. */
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const limits = {
  /** Faults armed at once, in annotations and through the control endpoint together. */
  faults: 64,
  /** Bytes of UTF-8 in one sentence. */
  sentenceBytes: 1024,
  /** How long a fault lasts when its sentence does not say. */
  defaultDeadlineMs: 10 * minuteMs,
  /** Longest `for`. A fault is an experiment; and a timer of Node's that is longer than 24 days fires at once. */
  deadlineMs: 7 * dayMs,
  /** Longest delay of one operation, and longest jitter. */
  delayMs: hourMs,
  /** Largest SIZE and N of bytes: 1Pi, an exact number in a double. */
  bytes: 2 ** 50,
  /** Most bits flipped in one operation. */
  bits: 65_536,
  /** Most operations a second. */
  operationsPerSecond: 1_000_000_000,
  /** Largest `first`, `skip` and `every`. */
  count: 1_000_000_000,
  /** Smallest chance above none: one in a million. */
  chance: 1e-6,
  /** Largest `seed`: the dice take 32 bits. */
  seed: 2 ** 32 - 1,
  /** Paths spelled out by the braces of one glob, and their characters together. */
  globAlternatives: 64,
  globSpelled: 8 * 1024,
  /** Names and `**` in one path of a glob: a bit each in a number. */
  globSegments: 30,
  /** A path that is longer matches no glob: the kernel takes none from a program, and only step by step one gets there. */
  globPathUnits: 4096,
  /** Paths remembered with the faults that reach them, per set of faults. */
  memoPaths: 2048,
} as const;
