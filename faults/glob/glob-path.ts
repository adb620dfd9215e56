/** A glob as data: what each name on the way to a file has to be. */

/** One path without braces, by its segments. */
export type GlobPath = readonly GlobSegment[];

/** `deep` is `**`: any number of segments, none included. */
export type GlobSegment =
  | { readonly kind: 'deep' }
  | { readonly kind: 'name'; readonly pieces: readonly GlobPiece[] };

export type GlobPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `?`: one character. */
  | { readonly kind: 'any' }
  /** `*`: any characters, none included, a leading dot too. */
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly CodePointRange[] };

/** First and last code point, both included. */
export type CodePointRange = readonly [number, number];
