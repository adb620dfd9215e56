/** A word of a sentence, and where it stands. */
export interface Word {
  /** What it says: without quotes, escapes resolved. */
  readonly text: string;
  readonly quoted: boolean;
  /** Its characters have a problem already, so its meaning is not judged. */
  readonly broken: boolean;
  /** From 1, in UTF-16 units, quotes included. */
  readonly column: number;
  readonly length: number;
}
