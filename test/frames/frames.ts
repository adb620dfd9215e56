/**
 * Reads the files beside this one: requests and replies, byte for byte, as include/uapi/linux/fuse.h has them and
 * not as our writer does.
 *
 *     > what this request is          begins a request
 *     2e 00 00 00  ; len 46           bytes, and what they are
 *     {hello.ino}                     known when the test runs: 8 bytes of the file's inode number
 *     ?? ??                           whatever is there
 *     <                               begins its reply; nothing after it: there is none
 */
import { readFileSync } from 'node:fs';

export interface Frame {
  readonly title: string;
  readonly request: readonly Line[];
  readonly reply: readonly Line[];
}

export interface Line {
  readonly tokens: readonly string[];
  readonly comment: string;
}

/** The bytes of `{name}`. */
export type Values = (name: string) => Buffer;

export function readFrames(name: string): readonly Frame[] {
  const path = new URL(`../../../test/frames/${name}.hex`, import.meta.url);
  const [, ...frames] = readFileSync(path, 'utf8').split(/^> /m);
  return frames.map(frameOf);
}

function frameOf(text: string): Frame {
  const [title = '', ...lines] = text.split('\n');
  const turn = lines.indexOf('<');
  return { title, request: linesOf(lines.slice(0, turn)), reply: linesOf(lines.slice(turn + 1)) };
}

function linesOf(lines: readonly string[]): readonly Line[] {
  return lines
    .map((line) => line.split(';'))
    .map(([bytes = '', comment = '']) => ({ tokens: bytes.trim().split(/ +/), comment: comment.trim() }))
    .filter(({ tokens: [first] }) => first !== '');
}

/** A request has no `??`. */
export function bytesOf(lines: readonly Line[], values: Values): Buffer {
  return Buffer.concat(lines.flatMap(({ tokens }) => tokens.map((token) => tokenBytes(token, values))));
}

/** A line each, to be compared: the bytes that are to be there. */
export function expected(lines: readonly Line[], values: Values): readonly string[] {
  return lines.map(({ tokens, comment }) => {
    const bytes = tokens.map((token) => (token === '??' ? token : spelled(tokenBytes(token, values))));
    return `${bytes.join(' ')} ; ${comment}`;
  });
}

/** As `expected`, of what is there; what is too much comes last. */
export function found(bytes: Buffer, lines: readonly Line[], values: Values): readonly string[] {
  let at = 0;
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const told = lines.map(({ tokens, comment }) => {
    const parts = tokens.map((token) =>
      token === '??' ? '?'.repeat(2 * take(1).length) : spelled(take(tokenBytes(token, values).length)),
    );
    return `${parts.join(' ')} ; ${comment}`;
  });
  return at < bytes.length ? [...told, `${spelled(bytes.subarray(at))} ; too much`] : told;
}

function tokenBytes(token: string, values: Values): Buffer {
  if (/^[0-9a-f]{2}$/.test(token)) return Buffer.from(token, 'hex');
  const name = /^\{(.*)\}$/.exec(token)?.[1];
  if (name === undefined) throw new Error(`neither a byte nor a value: ${token}`);
  return values(name);
}

const spelled = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
