import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { serialize } from 'bson';
import { mongodbRole } from '../../../../../../experiment/worlds/kubernetes/roles/ask/mongodb.js';
import {
  documentOf,
  messageOf,
} from '../../../../../../experiment/worlds/kubernetes/roles/ask/mongodb-wire.js';
import type { PodRole } from '../../../../../../experiment/worlds/kubernetes/roles/role.js';
import { portOf } from '../../../../../sidecar/network/ports.js';
import { askedPod, whyOf } from './asked.js';

/** { hello: 1, $db: 'admin' } */
const request = `
  34000000 01000000 00000000 dd070000   length 52, request 1, OP_MSG
  00000000 00                           no flags, a document
  1f000000 10 68656c6c6f00 01000000     hello: 1
  02 24646200 06000000 61646d696e00 00  $db: "admin"`;

/** As FerretDB 1.24.0 answered to it, of a replica set rs0. */
const answer = `
  2f010000 01000000 01000000 dd070000 00000000 00
  1a010000 08 69735772697461626c655072696d61727900 01
  02 7365744e616d6500 04000000 72733000
  04 686f73747300 1c000000 02 3000 10000000 3132372e302e302e313a323733393100 00
  10 6d617842736f6e4f626a65637453697a6500 00000001
  10 6d61784d65737361676553697a65427974657300 006cdc02
  10 6d61785772697465426174636853697a6500 a0860100
  09 6c6f63616c54696d6500 a68ccd2fa2010000
  10 6c6f676963616c53657373696f6e54696d656f75744d696e7574657300 1e000000
  10 636f6e6e656374696f6e496400 2a000000
  10 6d696e5769726556657273696f6e00 00000000
  10 6d61785769726556657273696f6e00 15000000
  08 726561644f6e6c7900 00
  01 6f6b00 000000000000f03f 00`;

/** Words of hexadecimal digits; what stands behind three blanks is for people. */
const bytesOf = (text: string): Buffer =>
  Buffer.from(
    text
      .split('\n')
      .map((line) => line.trim().replace(/\s{3,}.*|\s{2,}\D.*$/, ''))
      .join('')
      .replaceAll(' ', ''),
    'hex',
  );

/** Answers with these bytes, in two parts, and remembers what it was asked. */
async function answering(
  t: TestContext,
  bytes: Buffer,
): Promise<{ readonly port: number; readonly asked: Buffer[] }> {
  const asked: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      asked.push(chunk);
      socket.write(bytes.subarray(0, 20), () => socket.end(bytes.subarray(20)));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: portOf(server), asked };
}

const how = { kind: 'mongodb' } as const;

test('MongoDB is asked in OP_MSG, and its answer read, as it was recorded', async (t) => {
  const { port, asked } = await answering(t, bytesOf(answer));
  assert.deepEqual(await askedPod('m-0', port, how), {
    kind: 'primary',
    from: 'database',
    seen: 'isWritablePrimary of rs0',
    writable: true,
    group: null,
  });
  assert.equal(asked[0]?.toString('hex'), bytesOf(request).toString('hex'));
});

const hellos: readonly (readonly [object, PodRole['kind'], RegExp])[] = [
  [{ isWritablePrimary: true, setName: 'rs0' }, 'primary', /^isWritablePrimary of rs0$/],
  [{ isWritablePrimary: true }, 'primary', /^isWritablePrimary$/],
  [
    { isWritablePrimary: false, secondary: true, setName: 'rs0', primary: 'm-0.m:27017' },
    'replica',
    /^secondary of rs0; the primary is m-0\.m:27017$/,
  ],
  [{ secondary: true, setName: 'rs0' }, 'replica', /the primary is unknown$/],
  [{ arbiterOnly: true, setName: 'rs0' }, 'none', /^an arbiter of rs0, which votes and has no data$/],
  [{ isWritablePrimary: true, msg: 'isdbgrid' }, 'none', /^a mongos, which routes$/],
  [
    { isWritablePrimary: false, secondary: false, setName: 'rs0' },
    'none',
    /^neither primary nor secondary of rs0/,
  ],
];

for (const [hello, kind, seen] of hellos)
  test(`hello ${JSON.stringify(hello)} means ${kind}`, () => {
    const role = mongodbRole({ ...hello });
    assert.equal(role.kind, kind);
    assert.match(whyOf(role), seen);
    if (role.kind === 'none') assert.equal(role.isOther, !/neither/.test(role.seen));
  });

const wrong: readonly (readonly [string, Buffer, string])[] = [
  ['an error', messageOf(serialize({ ok: 0, errmsg: 'not yet' })), 'MongoDB answered: not yet'],
  [
    'a web page',
    Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    `not MongoDB: a message of ${0x50545448} bytes`,
  ],
  ['half an answer', bytesOf(answer).subarray(0, 100), 'MongoDB ended the connection before it answered'],
  ['nothing', Buffer.alloc(0), 'MongoDB ended the connection before it answered'],
];

for (const [what, bytes, why] of wrong)
  test(`${what} in answer to hello: nothing is known`, async (t) => {
    const { port } = await answering(t, bytes);
    assert.deepEqual(await askedPod('m-0', port, how), { kind: 'unknown', why });
  });

test('an answer in another opcode, or of another kind of section, is refused', () => {
  const other = bytesOf(answer);
  other.writeInt32LE(1, 12);
  assert.throws(() => documentOf(other), /answered with opcode 1; expected OP_MSG \(2013\)/);
  const section = bytesOf(answer);
  section.writeUInt8(1, 20);
  assert.throws(() => documentOf(section), /answered without a document/);
});
