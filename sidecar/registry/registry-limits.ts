/** Every bound of the registry: what it reads, keeps, and remembers. What others wait for stands in sidecar/proxy/timeouts.ts. */
export const registryLimits = {
  /**
   * Kubernetes allows 256 KiB of annotations to an object, and quoting makes four bytes of one at worst.
   * A larger file is not the kubelet's, and is not believed.
   */
  annotationsFileBytes: 2 * 1024 * 1024,
  /** Fault annotations looked at; the rest is dropped with a log line, whether valid or not. */
  annotations: 128,
  /** Torn lines reported of one reading. */
  lineProblems: 16,
  stateFileBytes: 1024 * 1024,
  /** Names whose armings are counted, so that each arming rolls other dice. */
  rememberedNames: 256,
  /** A burst of events on a file is one change. */
  debounceMs: 3,
  /** How long a file that lost something must stay the same before it is believed. */
  settleMs: 20,
  /** After so many looks at a file that never stays the same, it is believed as it is. */
  settleRounds: 5,
  /** The safety net beneath inotify, and what replaces it when there is none. */
  pollMs: 1000,
  pollWithoutEventsMs: 40,
  /** While anything is armed, deadlines and first hits are looked at this often. */
  tickMs: 250,
  /** Changes that may come, one after the other, while somebody waits for the list to be in force. */
  inForceRounds: 8,
  /** Of a sentence, or of a word of it, as far as events and the log repeat it: no right one is longer. */
  toldCharacters: 1024,
  /** Problems of one sentence that they repeat. */
  toldProblems: 16,
  /** Recent events kept for whoever reconnects. */
  events: 512,
  subscribers: 256,
} as const;
