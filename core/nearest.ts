/** The correct word that a person most likely meant: by edit distance, where two swapped letters are one edit. */

/** The first of the nearest candidates; undefined when none is near enough to be what was meant. */
export function nearest(found: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = tolerance(found) + 0.1;
  for (const candidate of candidates) {
    const distance = distanceOf(found, candidate, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** One edit in short words, a third of the letters in longer ones. */
const tolerance = (word: string): number => Math.min(3, Math.max(1, Math.ceil(word.length / 3)));

const otherCase = 0.1;
const abbreviated = 0.9;

function distanceOf(found: string, candidate: string, bound: number): number {
  if (found.length >= 3 && candidate.startsWith(found)) return abbreviated;
  if (Math.abs(found.length - candidate.length) > bound) return Number.POSITIVE_INFINITY;
  return editDistance(found, candidate);
}

/** Optimal string alignment: insert, delete, substitute or swap neighbours. Quadratic: callers bound the lengths. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substituted = at(last, column - 1) + substitution(from.charAt(row - 1), to.charAt(column - 1));
      const edited = Math.min(at(last, column) + 1, at(current, column - 1) + 1, substituted);
      const swapped = isSwap(from, to, row, column) ? at(beforeLast, column - 2) + 1 : edited;
      current.push(Math.min(edited, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;

function substitution(from: string, to: string): number {
  if (from === to) return 0;
  return from.toLowerCase() === to.toLowerCase() ? otherCase : 1;
}

function isSwap(from: string, to: string, row: number, column: number): boolean {
  if (row < 2 || column < 2) return false;
  return from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
}
