/** How much of each work is done: enough to trust, or just enough to see that it works. */
export interface Size {
  /** Of 12 KiB, in one measurement. */
  readonly reviews: number;
  /** Of 300 KiB. */
  readonly largeReviews: number;
  /** After how many reviews, from the start of the server, its memory is looked at. */
  readonly memoryAfter: readonly [few: number, more: number, most: number];
}

export const fullSize: Size = {
  reviews: 20_000,
  largeReviews: 2000,
  memoryAfter: [10_000, 50_000, 100_000],
};

export const quickSize: Size = { reviews: 500, largeReviews: 50, memoryAfter: [200, 400, 600] };
