/**
 * The downward API's file of the pod's annotations, read purely: one `key="quoted value"` a line.
 *
 *     fault.havock8s.io/slow-wal="disk latency 200ms on fsync in pg_wal/** for 5m"
 *     havock8s.io/disarm="2026-01-02T03:04:05.678Z"
 *     kubernetes.io/config.source="api"
 *
 * A file caught in the middle of an edit has torn lines. What is whole is kept; a torn line never becomes a
 * fault, because its closing quote is missing. Of lines that are not about faults nothing is repeated: the file may be
 * somebody else's.
 */

import { annotation, faultPrefix } from '../../../core/keys.js';
import { faultNameRule, isFaultName } from '../../../faults/fault-name.js';
import type { NamedSentence } from '../fault-requests.js';
import { registryLimits } from '../registry-limits.js';

/** What one look at the file said. Only `read` tells that an annotation was removed; the others say nothing of any. */
export type AnnotationsReading =
  | AnnotationsRead
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

export interface AnnotationsRead {
  readonly kind: 'read';
  /** In the file's order, each name once. Without a sentence where the line was torn. */
  readonly faults: readonly NamedSentence[];
  /** What was armed within the pod before this time is off, in milliseconds since 1970; null: nobody says so. */
  readonly disarmBeforeMs: number | null;
  readonly problems: readonly LineProblem[];
}

export interface LineProblem {
  /** From 1. */
  readonly line: number;
  readonly code: 'bad-line' | 'bad-value' | 'bad-name' | 'key-twice' | 'too-many-annotations';
  readonly message: string;
}

/** Never throws, whatever the text. */
export function parseAnnotations(text: string): AnnotationsRead {
  const faults = new Map<string, NamedSentence>();
  const problems: LineProblem[] = [];
  let disarmBeforeMs: number | null = null;
  text.split('\n').forEach((raw, index) => {
    const { fault, problem, beforeMs } = readLine(
      raw.endsWith('\r') ? raw.slice(0, -1) : raw,
      index + 1,
      faults,
    );
    if (problem !== undefined && problems.length < registryLimits.lineProblems) problems.push(problem);
    if (fault !== undefined) faults.set(fault.name, fault);
    if (beforeMs !== undefined) disarmBeforeMs = beforeMs;
  });
  return { kind: 'read', faults: [...faults.values()], disarmBeforeMs, problems };
}

interface Line {
  readonly fault?: NamedSentence;
  readonly problem?: LineProblem;
  readonly beforeMs?: number;
}

function readLine(text: string, line: number, known: ReadonlyMap<string, NamedSentence>): Line {
  if (text.trim() === '') return {};
  const equals = text.indexOf('=');
  if (equals <= 0) return { problem: { line, code: 'bad-line', message: 'expected key="value"' } };
  const key = text.slice(0, equals);
  const value = unquoteGo(text.slice(equals + 1));
  const torn: Line =
    value === null
      ? {
          problem: {
            line,
            code: 'bad-value',
            message: `the value of ${key.startsWith(faultPrefix) ? excerpt(key) : 'another key'} is not a whole quoted string`,
          },
        }
      : {};
  if (key === annotation.disarm && value !== null) return readDisarm(value, line);
  if (!key.startsWith(faultPrefix)) return torn;
  return { ...torn, ...readFault(key.slice(faultPrefix.length), { value, line, known }) };
}

/** As `havock8s stop` writes it: what is no time switches nothing off. */
function readDisarm(value: string, line: number): Line {
  const beforeMs = /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(beforeMs)) return { beforeMs };
  const message = `the value of ${annotation.disarm} is no time such as 2026-01-02T03:04:05Z`;
  return { problem: { line, code: 'bad-value', message } };
}

interface FaultLine {
  readonly value: string | null;
  readonly line: number;
  readonly known: ReadonlyMap<string, NamedSentence>;
}

function readFault(name: string, { value, line, known }: FaultLine): Line {
  if (!isFaultName(name)) {
    return {
      problem: { line, code: 'bad-name', message: `${excerpt(faultPrefix + name)}: ${faultNameRule}` },
    };
  }
  const fault = { name, sentence: value };
  if (known.has(name)) {
    return {
      fault,
      problem: { line, code: 'key-twice', message: `${faultPrefix}${name} is there twice, the later counts` },
    };
  }
  if (known.size < registryLimits.annotations) return { fault };
  const message = `more than ${registryLimits.annotations} faults, ${name} is not looked at`;
  return { problem: { line, code: 'too-many-annotations', message } };
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

const goEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

const goToken =
  /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([^\\"\n]+)/y;

/**
 * Reads what Go's `%q` wrote, which is how the downward API writes the value of an annotation: the string between the
 * quotes; null when this is no whole quoted string, as in a line that was torn.
 */
export function unquoteGo(quoted: string): string | null {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return null;
  const end = quoted.length - 1;
  const pieces: Buffer[] = [];
  goToken.lastIndex = 1;
  while (goToken.lastIndex < end) {
    const match = goToken.exec(quoted);
    const piece = match === null ? null : bytesOf(match);
    if (piece === null || goToken.lastIndex > end) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Bytes and not characters: `\xe2\x82\xac` is one character in three escapes. */
function bytesOf(match: RegExpExecArray): Buffer | null {
  const [, letter, hex, octal, short, long, plain] = match;
  if (plain !== undefined) return Buffer.from(plain);
  if (letter !== undefined) return Buffer.from(goEscapes[letter] ?? '');
  if (hex !== undefined) return Buffer.of(Number.parseInt(hex, 16));
  if (octal !== undefined) return byteOrNull(Number.parseInt(octal, 8));
  return characterOrNull(Number.parseInt(short ?? long ?? '', 16));
}

function byteOrNull(value: number): Buffer | null {
  return value <= 0xff ? Buffer.of(value) : null;
}

function characterOrNull(codePoint: number): Buffer | null {
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return surrogate || codePoint > 0x10ffff ? null : Buffer.from(String.fromCodePoint(codePoint));
}
