/**
 * Does one name match one segment of a glob? All the ways to match are followed at once, a bit for each:
 *
 *     glob a*b?    states 0 ─a─► 1 ─b─► 2 ─any─► 3        state 1 stays as well: a star stands there
 *
 * so that each character costs as many words of 32 bits as the segment has characters, however its stars stand.
 */
import type { GlobPiece } from './glob-path.js';

/** How much was done, in words of 32 states. */
export interface Effort {
  steps: number;
}

type SetPiece = Extract<GlobPiece, { kind: 'set' }>;

export class NameGlob {
  /** What is matched without following anything: a text, or the text around one star. */
  readonly #simple: ((name: string) => boolean) | null;
  /** Without the stars: state N waits for element N, and the last state is the end. */
  readonly #elements: readonly Element[];
  readonly #words: number;
  /** States before which a star stands: they stay, whatever comes. */
  readonly #stays: Uint32Array;
  /** Which states go on by this character; of those below 128, made when they are met. */
  readonly #going: (Uint32Array | undefined)[] = [];
  /** The same name is asked about by each of several segments that are alike. */
  #asked: string | null = null;
  #answer = false;

  constructor(pieces: readonly GlobPiece[]) {
    this.#simple = simpleMatcher(pieces);
    const all = pieces.flatMap(elementsOf);
    this.#elements = all.filter(({ kind }) => kind !== 'star');
    this.#words = (this.#elements.length >> 5) + 1;
    this.#stays = new Uint32Array(this.#words);
    let state = 0;
    for (const { kind } of all) {
      if (kind === 'star') add(this.#stays, state);
      else state += 1;
    }
  }

  matches(name: string, effort?: Effort): boolean {
    if (name === this.#asked) return this.#answer;
    if (effort !== undefined) effort.steps += this.#words * (name.length + 1);
    this.#asked = name;
    this.#answer = this.#simple === null ? this.#follow(name) : this.#simple(name);
    return this.#answer;
  }

  #follow(name: string): boolean {
    const [words, stays] = [this.#words, this.#stays];
    const states = new Uint32Array(words);
    add(states, 0);
    for (let at = 0; at < name.length; at++) {
      const codePoint = name.codePointAt(at) ?? 0;
      if (codePoint > 0xffff) at += 1;
      const going = this.#goingBy(codePoint);
      let carry = 0;
      let alive = 0;
      for (let word = 0; word < words; word++) {
        const from = states[word] ?? 0;
        const gone = from & (going[word] ?? 0);
        const next = (gone << 1) | carry | (from & (stays[word] ?? 0));
        states[word] = next;
        carry = gone >>> 31;
        alive |= next;
      }
      if (alive === 0) return false;
    }
    return has(states, this.#elements.length);
  }

  #goingBy(codePoint: number): Uint32Array {
    const known = this.#going[codePoint];
    if (known !== undefined) return known;
    const going = new Uint32Array(this.#words);
    for (const [state, element] of this.#elements.entries()) {
      if (isTaken(element, codePoint)) add(going, state);
    }
    if (codePoint < 128) this.#going[codePoint] = going;
    return going;
  }
}

type Element =
  | Exclude<GlobPiece, { kind: 'text' }>
  | { readonly kind: 'character'; readonly codePoint: number };

const elementsOf = (piece: GlobPiece): readonly Element[] =>
  piece.kind === 'text'
    ? [...piece.text].map((text) => ({ kind: 'character', codePoint: text.codePointAt(0) ?? 0 }) as const)
    : [piece];

function add(states: Uint32Array, state: number): void {
  states[state >> 5] = (states[state >> 5] ?? 0) | (1 << (state & 31));
}

const has = (states: Uint32Array, state: number): boolean =>
  (((states[state >> 5] ?? 0) >>> (state & 31)) & 1) === 1;

function isTaken(element: Element, codePoint: number): boolean {
  if (element.kind === 'set') return isMember(element, codePoint);
  return element.kind === 'any' || (element.kind === 'character' && element.codePoint === codePoint);
}

function isMember(set: SetPiece, codePoint: number): boolean {
  const isListed = set.ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
  return isListed !== set.negated;
}

/** Null for what has sets, ? or several stars. */
function simpleMatcher(pieces: readonly GlobPiece[]): ((name: string) => boolean) | null {
  const stars = pieces.filter(({ kind }) => kind === 'star').length;
  if (stars > 1 || pieces.some(({ kind }) => kind === 'set' || kind === 'any')) return null;
  const [head = '', tail = ''] = pieces
    .map((piece) => (piece.kind === 'text' ? piece.text : '/'))
    .join('')
    .split('/');
  if (stars === 0) return (name) => name === head;
  const least = head.length + tail.length;
  if (least === 0) return () => true;
  return (name) => name.length >= least && name.startsWith(head) && name.endsWith(tail);
}
