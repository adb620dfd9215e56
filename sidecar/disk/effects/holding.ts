/** How an effect makes a request wait, by its part of a decision. */
export interface Holding<Part, Hold> {
  holdOf(part: Part): Hold;
  /** Does it hold anything up, as things are? */
  holdsUp(part: Part): boolean;
}
