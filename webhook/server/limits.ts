/** Every bound of the server: sizes, waits, and how much may be there at once. */
export const serverLimits = {
  /** The API server takes no larger object of a request either. */
  bodyBytes: 3 * 1024 * 1024,
  /** Of all bodies that are being read: more than a thousand pods of usual size at once. */
  bodyBytesAtOnce: 64 * 1024 * 1024,
  /** Of these, those of one address: whoever else reaches the port leaves room for the API servers. */
  bodyBytesOfAddress: 16 * 1024 * 1024,
  /** From the headers to the end of the body. The API server waits 3 s, and hears why before. */
  bodyMs: 2500,
  headerBytes: 16 * 1024,
  connections: 2048,
  /** Each of an API server's reviews that are answered at the same time has one. */
  connectionsOfAddress: 512,
  handshakeMs: 5000,
  headersMs: 5000,
  /** Longer than the API server waits for us. */
  requestMs: 10_000,
  /**
   * The API server closes a connection after 90 idle seconds (`http.DefaultTransport`). It must be the first to do so: a POST that
   * meets a closing connection is not sent again, and the pod gets no sidecar.
   */
  keepAliveMs: 120_000,
  /** How often the waits above are looked at. */
  checkMs: 1000,
  /** Of the message of a refusal, in characters. */
  refusalLength: 8192,
  /** Scrapes and probes. */
  probeConnections: 64,
  probeRequestMs: 5000,
  /** Asked to end, the webhook serves on, while endpoints and kube-proxies come to know. */
  noticeMs: 5000,
  /** Reviews that are being answered then get this long. */
  inFlightMs: 5000,
} as const;

/** What a test may want to be shorter. */
export type ServerLimits = { readonly [Name in keyof typeof serverLimits]: number };

/** The API server shortens warnings to this once there are too many of them (`truncateItemRunes`, `truncateAtTotalRunes`). */
export const warningLimits = { runes: 256, count: 15 } as const;
