/** How much of each work is done: enough to trust, or just enough to see that it works. */
export interface Size {
  readonly bulkSeconds: number;
  readonly connectionSeconds: number;
  /** With 50 clients. */
  readonly manyRequests: number;
  /** With one. */
  readonly fewRequests: number;
  readonly idleConnections: number;
  readonly roundTripSeconds: number;
  readonly cappedSeconds: number;
}

export const fullSize: Size = {
  bulkSeconds: 3,
  connectionSeconds: 3,
  manyRequests: 200_000,
  fewRequests: 40_000,
  idleConnections: 5000,
  roundTripSeconds: 2,
  cappedSeconds: 4,
};

export const quickSize: Size = {
  bulkSeconds: 1,
  connectionSeconds: 1,
  manyRequests: 10_000,
  fewRequests: 2000,
  idleConnections: 500,
  roundTripSeconds: 1,
  cappedSeconds: 2,
};
