/**
 * One command and its answer in MongoDB's wire protocol: OP_MSG, whose only section is a BSON document.
 *
 *     length  request  response to  opcode 2013  flags  kind 0  document
 *     i32     i32      i32          i32          u32    u8      BSON
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type DatabaseAddress, tlsOptions } from './address.js';

const opMsg = 2013;
const headerBytes = 16;
/** What stands in front of the document. */
const headBytes = headerBytes + 5;
/** `hello` of a set of fifty members is 4 KiB. */
const mostBytes = 1024 * 1024;

export interface MongodbQuestion {
  readonly command: object;
  readonly signal: AbortSignal;
}

/** Rejects with the system's error, when `signal` aborts, and where the answer is none. */
export async function mongodbCommand(
  at: DatabaseAddress,
  { command, signal }: MongodbQuestion,
): Promise<unknown> {
  const { serialize, deserialize } = await import('bson');
  signal.throwIfAborted();
  const { host, port, tls } = at;
  const socket = tls === null ? connect({ host, port }) : connectTls({ host, port, ...tlsOptions(tls) });
  const cut = (): void => void socket.destroy(new Error('MongoDB did not answer in time'));
  signal.addEventListener('abort', cut);
  try {
    await once(socket, tls === null ? 'connect' : 'secureConnect');
    socket.write(messageOf(serialize(command)));
    return deserialize(documentOf(await answerOf(socket)));
  } finally {
    signal.removeEventListener('abort', cut);
    socket.destroy();
  }
}

export function messageOf(document: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeInt32LE(headBytes + document.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, document]);
}

/** Of a whole message. A checksum may follow the document, which says its own length. */
export function documentOf(message: Buffer): Buffer {
  const opcode = message.readInt32LE(12);
  if (opcode !== opMsg) throw new Error(`MongoDB answered with opcode ${opcode}; expected OP_MSG (${opMsg})`);
  if (message.readUInt8(headBytes - 1) !== 0) throw new Error('MongoDB answered without a document');
  return message.subarray(headBytes, headBytes + message.readInt32LE(headBytes));
}

async function answerOf(socket: Socket): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < headerBytes) continue;
    const length = bytes.readInt32LE(0);
    if (length < headBytes || length > mostBytes)
      throw new Error(`not MongoDB: a message of ${length} bytes`);
    if (bytes.length >= length) return bytes.subarray(0, length);
  }
  throw new Error('MongoDB ended the connection before it answered');
}
