/**
 * The marks by which packets and connections of ours are known: two bits of the packet mark and the same two of
 * the connection's, so that whoever uses others is not disturbed.
 */
export const mask = 0x3000_0000;

export const mark = {
  /** A packet that is to be delivered here, whatever its address says. */
  divert: 0x1000_0000,
  /** A socket of ours that leads on, and its connection. */
  ours: 0x2000_0000,
} as const;

export const connectionMark = {
  /** Goes out, and through us. */
  outbound: 0x1000_0000,
  /** One of ours that leads on. */
  ours: 0x2000_0000,
  /** Comes in, and through us. */
  inbound: 0x3000_0000,
} as const;

/** Of the routing rule, and its table in both families: numbers that nobody uses by default. */
export const routeTable = 7808;
export const rulePriority = 7808;
