/** Every bound of the server: sizes, waits, and how much may be there at once. */
import { webhookTimeouts } from '../timeouts.js';

export const serverLimits = {
  /** The API server takes no larger object of a request either. */
  bodyBytes: 3 * 1024 * 1024,
  /** Of all bodies that are being read: more than a thousand pods of usual size at once. */
  bodyBytesAtOnce: 64 * 1024 * 1024,
  /** Of these, those of one address: whoever else reaches the port leaves room for the API servers. */
  bodyBytesOfAddress: 16 * 1024 * 1024,
  bodyMs: webhookTimeouts.bodyMs,
  headerBytes: 16 * 1024,
  connections: 2048,
  /** Each of an API server's reviews that are answered at the same time has one. */
  connectionsOfAddress: 512,
  handshakeMs: 5000,
  headersMs: 5000,
  requestMs: webhookTimeouts.requestMs,
  keepAliveMs: webhookTimeouts.keepAliveMs,
  /** How often the waits above are looked at. */
  checkMs: 1000,
  /** Of the message of a refusal, in characters. */
  refusalLength: 8192,
  /** Scrapes and probes. */
  probeConnections: 64,
  probeRequestMs: 5000,
  noticeMs: webhookTimeouts.noticeMs,
  inFlightMs: webhookTimeouts.inFlightMs,
} as const;

/** What a test may want to be shorter. */
export type ServerLimits = { readonly [Name in keyof typeof serverLimits]: number };

/** The API server shortens warnings to this once there are too many of them (`truncateItemRunes`, `truncateAtTotalRunes`). */
export const warningLimits = { runes: 256, count: 15 } as const;
