/** Every bound of the control endpoint: sizes, waits, and how many may be there at once. */
const heartbeatMs = 15_000;

export const controlLimits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  connections: 256,
  /** Fewer than connections, so that listeners never keep a person from disarming. */
  eventStreams: 64,
  /** A listener that has not taken this much is let go; it reconnects with Last-Event-ID. */
  eventStreamBacklogBytes: 256 * 1024,
  heartbeatMs,
  retryMs: 1000,
  headersMs: 5000,
  requestMs: 10_000,
  keepAliveMs: 5000,
  /** A connection on which nothing moves: several heartbeats of an event stream are missing by then. */
  idleMs: 4 * heartbeatMs,
  /** How often the two waits above are looked at. */
  checkMs: 1000,
  /** Requests that are answered when the endpoint closes get this long. */
  closeMs: 1000,
};

export type ControlLimits = Readonly<typeof controlLimits>;

/** With so many connections, of which listeners take a quarter at most. */
export const controlLimitsWithin = (connections: number): ControlLimits => ({
  ...controlLimits,
  connections: Math.min(controlLimits.connections, connections),
  eventStreams: Math.min(controlLimits.eventStreams, Math.floor(connections / 4)),
});
