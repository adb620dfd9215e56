import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readListenOption } from '../../cli/commands/local/listen-option.js';

test('readListenOption() reads where to listen, on the loopback unless it says so, and where to lead on', () => {
  const cases = [
    ['6432=127.0.0.1:5432', ['127.0.0.1', 6432, '127.0.0.1', 5432]],
    ['0.0.0.0:6432=db:5432', ['0.0.0.0', 6432, 'db', 5432]],
    ['localhost:6432=[::1]:5432', ['127.0.0.1', 6432, '::1', 5432]],
    ['[0:0::1]:6432=db.example.com:5432', ['::1', 6432, 'db.example.com', 5432]],
  ] as const;
  for (const [text, [host, port, upstreamHost, upstreamPort]] of cases) {
    const forward = { host, port, upstream: { host: upstreamHost, port: upstreamPort } };
    assert.deepEqual(readListenOption(text), { kind: 'forward', forward }, text);
  }
});

for (const [text, due] of [
  ['', /expected \[HOST:\]PORT=HOST:PORT/],
  ['6432', /expected \[HOST:\]PORT=HOST:PORT/],
  ['6432=5432', /"5432" is not a HOST:PORT/],
  ['0=db:5432', /"0" is not a \[HOST:\]PORT with a port of 1 to 65535/],
  ['70000=db:5432', /"70000" is not a/],
  ['6432=db:70000', /"db:70000" is not a/],
  ['6432=db:0', /"db:0" is not a/],
  ['some-host:6432=db:5432', /"some-host" is not an address to listen at/],
  ['6432=db:5432=x', /expected/],
] as const) {
  test(`readListenOption() refuses "${text}"`, () => {
    const read = readListenOption(text);
    assert.equal(read.kind, 'problem');
    if (read.kind === 'problem') assert.match(read.problem.message, due);
  });
}
