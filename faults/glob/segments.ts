/** One spelled-out path of a glob, name by name. */
import { limits } from '../limits.js';
import { type Cursor, literally } from './braces.js';
import { cut, GlobFlaw } from './glob-flaw.js';
import type { GlobPath, GlobPiece, GlobSegment } from './glob-path.js';
import { setAt } from './set.js';

export function pathOf(path: string): GlobPath {
  if (path === '') throw new GlobFlaw('an empty glob matches nothing', { nearest: '**' });
  if (path.startsWith('/'))
    throw new GlobFlaw('paths start below the volume, with no leading /', cut(path, /^\/+/));
  if (path.endsWith('/')) throw new GlobFlaw('a trailing / matches nothing', { nearest: `${path}**` });
  const segments = path.split('/');
  if (segments.length > limits.globSegments)
    throw new GlobFlaw(`more than ${limits.globSegments} names: ** stands for any number of them`);
  return segments.map(segmentOf);
}

function segmentOf(text: string): GlobSegment {
  if (text === '') throw new GlobFlaw('// matches nothing: one / stands between names');
  if (text === '.' || text === '..')
    throw new GlobFlaw(`${text} matches nothing: paths are as the volume has them`);
  if (text === '**') return { kind: 'deep' };
  const pieces: GlobPiece[] = [];
  const cursor = { text, at: 0 };
  while (cursor.at < text.length) append(pieces, pieceAt(cursor));
  return { kind: 'name', pieces };
}

function append(pieces: GlobPiece[], piece: GlobPiece): void {
  const last = pieces.at(-1);
  if (piece.kind === 'star' && last?.kind === 'star')
    throw new GlobFlaw('** stands alone between slashes, as in base/**');
  if (piece.kind !== 'text' || last?.kind !== 'text') pieces.push(piece);
  else pieces.splice(-1, 1, { kind: 'text', text: last.text + piece.text });
}

function pieceAt(cursor: Cursor): GlobPiece {
  const character = cursor.text.charAt(cursor.at);
  if (character === '[') return setAt(cursor);
  const text = literally(cursor);
  if (character === '*') return { kind: 'star' };
  if (character === '?') return { kind: 'any' };
  return { kind: 'text', text: character === '\\' ? text.slice(1) : text };
}
