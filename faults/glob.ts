/**
 * Does a path match a glob? Name by name, and all the ways to match are followed at once, a bit for each segment of
 * the glob: the work grows with the path, where to try one way after the other can take its square or worse.
 */
import type { GlobPath } from './glob/glob-path.js';
import { type Effort, NameGlob } from './glob/name-glob.js';
import { parseGlob } from './glob/parse-glob.js';
import { limits } from './limits.js';

export type { Effort };

export interface PathMatcher {
  /** `path` is below the volume's root, without a leading slash; '' is the root. Adds what it did to `effort`. */
  matches(path: string, effort?: Effort): boolean;
}

/** A glob that is not valid matches nothing. */
export function compileGlob(glob: string): PathMatcher {
  const parsed = parseGlob(glob);
  const paths = parsed.kind === 'flaw' ? [] : parsed.value.map((path) => new PathGlob(path));
  const [only] = paths;
  return paths.length === 1 && only !== undefined
    ? only
    : { matches: (path, effort) => paths.some((one) => one.matches(path, effort)) };
}

/**
 * Most paths are told apart by one character, the last of the text that the glob starts with or the last of
 * all: 64 faults are held against each new path.
 */
class PathGlob implements PathMatcher {
  readonly #head: string;
  readonly #headEnd: number;
  readonly #headCode: number;
  readonly #tailCode: number;

  /** Null: `**`. */
  readonly #names: readonly (NameGlob | null)[];
  /** States at `**`, which stay. State `names.length` is the end. */
  readonly #deep: number;

  constructor(glob: GlobPath) {
    this.#names = namesOf(glob);
    this.#deep = this.#names.reduce((bits, name, at) => (name === null ? bits | (1 << at) : bits), 0);
    this.#head = headOf(glob);
    this.#headEnd = this.#head.length - 1;
    this.#headCode = this.#head.charCodeAt(this.#headEnd);
    const tail = tailOf(glob);
    this.#tailCode = tail === '' ? -1 : tail.charCodeAt(tail.length - 1);
  }

  matches(path: string, effort?: Effort): boolean {
    if (path.length > limits.globPathUnits) return false;
    if (this.#headEnd >= 0 && path.charCodeAt(this.#headEnd) !== this.#headCode) return false;
    if (this.#tailCode >= 0 && path.charCodeAt(path.length - 1) !== this.#tailCode) return false;
    return path.startsWith(this.#head) && this.#follow(segmentsOf(path), effort);
  }

  #follow(path: readonly string[], effort: Effort | undefined): boolean {
    const end = this.#names.length;
    let states = this.#past(1);
    for (const name of path) {
      let next = states & this.#deep;
      // What ends in ** matches whatever is still to come.
      if ((next >> (end - 1)) & 1) return true;
      for (let at = 0; at < end; at++) {
        if (((states >> at) & 1) === 1 && this.#names[at]?.matches(name, effort)) next |= 1 << (at + 1);
      }
      if (next === 0) return false;
      states = this.#past(next);
    }
    return ((states >> end) & 1) === 1;
  }

  /** `**` may stand for nothing. */
  #past(states: number): number {
    let all = states;
    for (let before = 0; all !== before; ) {
      before = all;
      all |= (all & this.#deep) << 1;
    }
    return all;
  }
}

/** Segments that are alike share one, which is asked about a name once. */
function namesOf(glob: GlobPath): readonly (NameGlob | null)[] {
  const known = new Map<string, NameGlob>();
  return glob.map((segment) => {
    if (segment.kind === 'deep') return null;
    const key = JSON.stringify(segment.pieces);
    const name = known.get(key) ?? new NameGlob(segment.pieces);
    known.set(key, name);
    return name;
  });
}

function headOf([first]: GlobPath): string {
  const piece = first?.kind === 'name' ? first.pieces[0] : undefined;
  return piece?.kind === 'text' ? piece.text : '';
}

function tailOf(glob: GlobPath): string {
  const last = glob.at(-1);
  const piece = last?.kind === 'name' ? last.pieces.at(-1) : undefined;
  return piece?.kind === 'text' ? piece.text : '';
}

/** The root has no segments: `**` matches it and `*` does not. */
const segmentsOf = (path: string): readonly string[] => (path === '' ? [] : path.split('/'));
