/**
 * What an agent runs in a container: it does what it is asked, and says what came of it, and when. It may import nothing
 * but node: its source is all that gets there.
 *
 *     stdin ─ {"id":1,"act":"query","on":"a","sql":"SELECT 1"} ─► act ─► {"id":1,"seen":{"at":...,"ms":0.4,"code":"ok",...}} ─ stdout
 *
 * With `until` an act is done again and again, and the first that is so, or is no longer so, is told.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';

/** `bytes` and `text` are of what came: of a connection, since it was asked. */
export interface Observation {
  /** Since the epoch, when it began. */
  readonly at: number;
  readonly ms: number;
  /** `ok`, `waiting` when the bound had passed, `end` of a connection, or the code of an error. */
  readonly code: string;
  readonly bytes: number;
  readonly text: string;
}

export type Question = FileAct | ConnectionAct | { readonly act: 'fault'; readonly url: string };

export type FileAct = {
  /** `create` is of new ones beside it. */
  readonly act: 'read' | 'write' | 'sync' | 'create';
  readonly path: string;
  readonly bytes?: number;
};

export type ConnectionAct =
  /** A new one under that name. */
  | ({ readonly act: 'open'; readonly on: string } & Server)
  /** Of `server` where nothing is open under that name any more. */
  | ({ readonly act: 'query'; readonly on: string; readonly sql: string; readonly server?: Server } & Bounded)
  /** Goes on waiting for what a query did not get. */
  | ({ readonly act: 'finish'; readonly on: string } & Bounded)
  | ({ readonly act: 'close'; readonly on: string } & Bounded)
  /** Opens and leaves. */
  | ({ readonly act: 'visit' } & Server)
  /** How many segments with data came in since it was opened. */
  | { readonly act: 'segments'; readonly on: string }
  /** Of this whole network namespace. */
  | { readonly act: 'retransmissions' };

interface Bounded {
  readonly boundMs?: number;
}

export interface Server extends Bounded {
  /** Without one the socket in the folder that PGHOST names. */
  readonly host?: string;
  readonly tls?: boolean;
}

export interface Until {
  readonly field: 'code' | 'ms' | 'bytes';
  /** Of `code`. */
  readonly is?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly holds: boolean;
  readonly boundMs: number;
}

export type Line = Question & { readonly id: number; readonly until?: Until };

const port = 5432;
const usualBoundMs = 20_000;
const restMs = 5;

/** Finer than Date.now(). */
const now = (): number => performance.timeOrigin + performance.now();

async function serve(): Promise<void> {
  for await (const text of createInterface({ input: process.stdin })) {
    const line = JSON.parse(text) as Line;
    const seeing = line.until === undefined ? see(line) : seeUntil(line, line.until);
    seeing.then(
      (seen) => tell({ id: line.id, seen }),
      (error: unknown) => tell({ id: line.id, failure: String(error) }),
    );
  }
}

function tell(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function seeUntil(question: Question, until: Until): Promise<Observation> {
  const deadline = now() + until.boundMs;
  for (;;) {
    const seen = await see(question);
    if (isSo(seen, until) === until.holds) return seen;
    if (now() > deadline) throw new Error(`${until.boundMs} ms in vain; last was ${JSON.stringify(seen)}`);
    await new Promise((next) => setTimeout(next, restMs));
  }
}

function isSo(
  seen: Observation,
  { field, is, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: Until,
): boolean {
  const value = seen[field];
  return typeof value === 'string' ? value === is : value >= atLeast && value <= atMost;
}

interface Came {
  readonly code?: string;
  readonly bytes?: number;
  readonly text?: string;
}

async function see(question: Question): Promise<Observation> {
  const at = now();
  const startMs = performance.now();
  const came = await doIt(question).catch((error: unknown): Came => ({ code: codeOf(error) }));
  return { at, ms: performance.now() - startMs, code: 'ok', bytes: 0, text: '', ...came };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

function doIt(question: Question): Promise<Came> {
  switch (question.act) {
    case 'read':
    case 'write':
    case 'sync':
    case 'create':
      return onFile(question);
    case 'open':
      return openOn(question.on, question);
    case 'query':
      return query(question);
    case 'finish':
      return connectionOf(question.on).answer(question.boundMs);
    case 'close':
      return connectionOf(question.on).leave(question.boundMs);
    case 'visit':
      return visit(question);
    case 'segments':
      return segmentsOf(connectionOf(question.on));
    case 'retransmissions':
      return retransmissions();
    case 'fault':
      return stateOf(question.url);
    default:
      return unreachable(question);
  }
}

const files = new Map<string, FileHandle>();
let created = 0;

async function onFile({ act, path, bytes = 1 }: FileAct): Promise<Came> {
  const file = files.get(path) ?? (await makeFile(path));
  const buffer = Buffer.alloc(bytes, 'abcdefgh');
  switch (act) {
    case 'create':
      return createAndRemove(`${path}.${created++}`);
    case 'sync':
      await file.write('x', 0);
      await file.datasync();
      return {};
    case 'write':
      return { bytes: (await file.write(buffer, 0, bytes, 0)).bytesWritten };
    case 'read':
      return readAnew(path, buffer);
    default:
      return unreachable(act);
  }
}

function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}

async function createAndRemove(path: string): Promise<Came> {
  await (await open(path, 'wx')).close();
  await rm(path);
  return {};
}

/** Of a file that was open before it, `short` cuts nothing: docs/reference/fuse.md. */
async function readAnew(path: string, buffer: Buffer): Promise<Came> {
  const file = await open(path);
  try {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return { bytes: bytesRead, text: buffer.toString('latin1') };
  } finally {
    await file.close();
  }
}

async function makeFile(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w+');
  await file.write(Buffer.alloc(8192, 'abcdefgh'));
  files.set(path, file);
  return file;
}

async function stateOf(url: string): Promise<Came> {
  const answer = await fetch(url);
  if (answer.status === 404) return { code: 'none' };
  return { code: ((await answer.json()) as { state: string }).state };
}

/** One that speaks PostgreSQL's protocol, as far as a query is asked and its answer ends. */
class Connection {
  #bytes = 0;
  #ending = '';
  #chunks: Buffer[] = [];
  #look: () => void = () => {};

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      this.#chunks.push(chunk);
      this.#look();
    });
    socket.on('end', () => this.#endAs(wasReset(socket) ? 'ECONNRESET' : 'end'));
    socket.on('error', (error: unknown) => this.#endAs(codeOf(error)));
  }

  get isOpen(): boolean {
    return this.#ending === '';
  }

  #endAs(code: string): void {
    if (this.#ending === '') this.#ending = code;
    this.#look();
  }

  greet(boundMs?: number): Promise<Came> {
    const fields = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
    this.socket.write(Buffer.concat([lengthOf(fields), fields]));
    return this.answer(boundMs);
  }

  ask(sql: string, boundMs?: number): Promise<Came> {
    this.#bytes = 0;
    this.#chunks = [];
    const text = Buffer.from(`${sql}\0`);
    this.socket.write(Buffer.concat([Buffer.from('Q'), lengthOf(text), text]));
    return this.answer(boundMs);
  }

  leave(boundMs?: number): Promise<Came> {
    this.socket.write(Buffer.from([0x58, 0, 0, 0, 4]));
    return this.#until(() => false, boundMs).finally(() => this.socket.destroy());
  }

  answer(boundMs?: number): Promise<Came> {
    return this.#until(() => endsReady(this.#chunks), boundMs);
  }

  async #until(isOver: () => boolean, boundMs = usualBoundMs): Promise<Came> {
    const code = await new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('waiting'), boundMs);
      this.#look = () => {
        const code = isOver() ? 'ok' : this.#ending;
        if (code === '') return;
        clearTimeout(timer);
        resolve(code);
      };
      this.#look();
    });
    this.#look = () => {};
    return {
      code,
      bytes: this.#bytes,
      text: Buffer.concat(this.#chunks).subarray(0, 4096).toString('latin1'),
    };
  }
}

/**
 * A reset that comes along with data is an end to libuv (uv__stream_io in unix/stream.c, on POLLHUP after a partial
 * read). The kernel keeps a socket whose peer said its end in order, and forgets one that was reset.
 */
function wasReset({ localPort }: Socket): boolean {
  if (localPort === undefined) return false;
  const own = new RegExp(`^ *\\d+: [0-9A-F]+:${localPort.toString(16).toUpperCase().padStart(4, '0')} `, 'm');
  return !['tcp', 'tcp6'].some((table) => own.test(readFileSync(`/proc/net/${table}`, 'latin1')));
}

function lengthOf(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return length;
}

const ready = Buffer.from([0x5a, 0, 0, 0, 5]);

/** Every answer ends by `ReadyForQuery`: Z, its length of five, and the state of the transaction. */
function endsReady(chunks: readonly Buffer[]): boolean {
  const tail = Buffer.concat(chunks.slice(-6)).subarray(-6);
  return tail.length === 6 && tail.subarray(0, 5).equals(ready);
}

const connections = new Map<string, Connection>();

function connectionOf(name: string): Connection {
  const connection = connections.get(name);
  if (connection === undefined) throw new Error(`no connection ${name}`);
  return connection;
}

async function openOn(on: string, { host, tls = false, boundMs }: Server): Promise<Came> {
  connections.get(on)?.socket.destroy();
  connections.delete(on);
  const plain = await connected(host, boundMs);
  const connection = new Connection(tls ? await secured(plain) : plain);
  connections.set(on, connection);
  return connection.greet(boundMs);
}

async function query({ on, sql, server, boundMs }: ConnectionAct & { act: 'query' }): Promise<Came> {
  if (server !== undefined && connections.get(on)?.isOpen !== true) {
    const greeted = await openOn(on, server);
    if (greeted.code !== 'ok') return greeted;
  }
  return connectionOf(on).ask(sql, boundMs);
}

async function visit({ host, boundMs }: Server): Promise<Came> {
  const connection = new Connection(await connected(host, boundMs));
  return connection.greet(boundMs).finally(() => connection.socket.destroy());
}

function connected(host: string | undefined, boundMs = usualBoundMs): Promise<Socket> {
  const socket = connectTcp(
    host === undefined
      ? { path: `${process.env['PGHOST']}/.s.PGSQL.${port}` }
      : { host, port, noDelay: true, allowHalfOpen: true },
  );
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error(), { code: 'waiting' })), boundMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', reject);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** `SSLRequest`, which the server grants by one letter. Its certificate is nobody's. */
async function secured(plain: Socket): Promise<Socket> {
  plain.write(Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]));
  const [letter] = await new Promise<Buffer>((resolve, reject) => {
    plain.once('data', resolve).once('error', reject);
  });
  if (letter !== 0x53) throw new Error('the server speaks no TLS');
  const secure = connectTls({ socket: plain, rejectUnauthorized: false });
  await new Promise((resolve, reject) => {
    secure.once('secureConnect', resolve).once('error', reject);
  });
  return secure;
}

async function segmentsOf({ socket }: Connection): Promise<Came> {
  const { stdout } = await promisify(execFile)('ss', ['-tinHO', `sport = :${socket.localPort}`]);
  return { bytes: Number(/data_segs_in:(\d+)/.exec(stdout)?.[1] ?? 0) };
}

async function retransmissions(): Promise<Came> {
  const [names = '', values = ''] = (await readFile('/proc/net/snmp', 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'));
  return { bytes: Number(values.split(' ')[names.split(' ').indexOf('RetransSegs')]) };
}

await serve();
process.exit();
