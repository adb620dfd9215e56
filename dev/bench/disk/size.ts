/** How much of each work is done: enough to trust, or just enough to see that it works. */
export interface Size {
  readonly seconds: number;
  readonly randomFileMiB: number;
  readonly sequentialFileMiB: number;
  readonly smallFiles: number;
  readonly pgbenchScale: number;
  readonly pgbenchSeconds: number;
}

export const fullSize: Size = {
  seconds: 3,
  randomFileMiB: 64,
  sequentialFileMiB: 512,
  smallFiles: 10_000,
  pgbenchScale: 10,
  pgbenchSeconds: 10,
};

export const quickSize: Size = {
  seconds: 1,
  randomFileMiB: 8,
  sequentialFileMiB: 32,
  smallFiles: 500,
  pgbenchScale: 1,
  pgbenchSeconds: 2,
};
