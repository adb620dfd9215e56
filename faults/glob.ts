/**
 * Does a path match a glob? Segment by segment, and in each both times with one point of return: the last
 * star. What stands before an earlier star was matched as far left as it could be, so it need not be
 * tried again: the work is bounded by glob times path, where a RegExp can take exponential time.
 */
import type { GlobPath, GlobPiece, GlobSegment } from './glob/glob-path.js';
import { parseGlob } from './glob/parse-glob.js';

export interface PathMatcher {
  /** `path` is below the volume's root, without a leading slash; '' is the root. */
  matches(path: string): boolean;
}

/** A glob that is not valid matches nothing. */
export function compileGlob(glob: string): PathMatcher {
  const parsed = parseGlob(glob);
  const paths = parsed.kind === 'flaw' ? [] : parsed.value.map((path) => new PathGlob(path));
  const [only] = paths;
  return paths.length === 1 && only !== undefined
    ? only
    : { matches: (path) => paths.some((one) => one.matches(path)) };
}

/**
 * Most paths are told apart by one character, the last of the text that the glob starts with or the last of
 * all: 64 faults are held against each new path.
 */
class PathGlob implements PathMatcher {
  private readonly head: string;
  private readonly headEnd: number;
  private readonly headCode: number;
  private readonly tailCode: number;

  constructor(private readonly glob: GlobPath) {
    this.head = headOf(glob);
    this.headEnd = this.head.length - 1;
    this.headCode = this.head.charCodeAt(this.headEnd);
    const tail = tailOf(glob);
    this.tailCode = tail === '' ? -1 : tail.charCodeAt(tail.length - 1);
  }

  matches(path: string): boolean {
    if (this.headEnd >= 0 && path.charCodeAt(this.headEnd) !== this.headCode) return false;
    if (this.tailCode >= 0 && path.charCodeAt(path.length - 1) !== this.tailCode) return false;
    return path.startsWith(this.head) && matchesPath(this.glob, segmentsOf(path));
  }
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

function matchesPath(glob: GlobPath, path: readonly string[]): boolean {
  let at = 0;
  let step = 0;
  let deep = -1;
  let deepEnd = 0;
  while (at < path.length) {
    const segment = glob[step];
    if (segment?.kind === 'deep') {
      deep = step++;
      deepEnd = at;
    } else if (segment !== undefined && matchesName(segment.pieces, path[at] ?? '')) {
      step += 1;
      at += 1;
    } else if (deep >= 0) {
      step = deep + 1;
      at = ++deepEnd;
    } else return false;
  }
  return glob.slice(step).every(isDeep);
}

const isDeep = (segment: GlobSegment): boolean => segment.kind === 'deep';

function matchesName(pieces: readonly GlobPiece[], name: string): boolean {
  let at = 0;
  let step = 0;
  let star = -1;
  let starEnd = 0;
  while (step < pieces.length || at < name.length) {
    const piece = pieces[step];
    const taken = piece === undefined ? -1 : take(piece, name, at);
    if (piece?.kind === 'star') {
      star = step++;
      starEnd = at;
    } else if (taken >= 0) {
      step += 1;
      at += taken;
    } else if (star >= 0 && starEnd < name.length) {
      step = star + 1;
      at = ++starEnd;
    } else return false;
  }
  return true;
}

/** How many UTF-16 units of `name` the piece takes at `at`; -1 when it does not match there. */
function take(piece: GlobPiece, name: string, at: number): number {
  if (piece.kind === 'star') return 0;
  if (piece.kind === 'text') return name.startsWith(piece.text, at) ? piece.text.length : -1;
  const codePoint = name.codePointAt(at);
  if (codePoint === undefined) return -1;
  if (piece.kind === 'set' && !isMember(piece, codePoint)) return -1;
  return codePoint > 0xffff ? 2 : 1;
}

function isMember(set: Extract<GlobPiece, { kind: 'set' }>, codePoint: number): boolean {
  const isListed = set.ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
  return isListed !== set.negated;
}
