/** Every bound of the read-only port, which strangers reach. */
export const readOnlyLimits = {
  /** At once, of everybody and of one address. */
  connections: 64,
  connectionsOfOne: 8,
  headerBytes: 4096,
  /** From the connection to the whole request. */
  requestMs: 2000,
  /** How often that is looked at. */
  checkMs: 500,
  /** The main thread gets this long for a page: what is armed may be changing, which takes seconds at worst. */
  pageMs: 8000,
  /** From the connection to its end, whatever the client reads. */
  connectionMs: 12_000,
  /** A page is not made more often, however many ask. */
  pageGapMs: 50,
  pageBytes: 2 * 1024 * 1024,
  /** Of the thread that answers. */
  heapMb: 16,
  /** Until another thread takes the place of one that died. */
  againMs: 5000,
} as const;

export type ReadOnlyLimits = { readonly [name in keyof typeof readOnlyLimits]: number };
