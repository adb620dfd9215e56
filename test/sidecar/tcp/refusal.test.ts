import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../../faults/parse.js';
import { type Proxied, refusalOf } from '../../../sidecar/tcp/refusal.js';

const forwarded: Proxied = { forwards: [{ port: 6432 }], interception: null };
const intercepted: Proxied = { forwards: [], interception: { inboundPorts: [5432], outboundPorts: [9000] } };

const refusal = (sentence: string, proxied: Proxied): string | null => {
  const parsed = parse(sentence);
  assert.equal(parsed.kind, 'fault', sentence);
  return parsed.kind === 'fault' ? refusalOf(parsed.fault, proxied) : null;
};

for (const [sentence, proxied, due] of [
  ['tcp latency 1s', forwarded, null],
  ['tcp latency 1s port 6432', forwarded, null],
  ['tcp latency 1s port 5432', forwarded, /port 5432 is not proxied here; proxied are 6432/],
  ['tcp partition', forwarded, /--inbound, --outbound.*blackhole/],
  ['tcp loss 1%', forwarded, /drops packets/],
  ['tcp refuse', forwarded, null],
  ['tcp partition port 80', intercepted, null],
  ['tcp reset port 9000', intercepted, null],
  ['tcp reset port 5432,81', intercepted, /port 81 is not proxied here; proxied are 5432, 9000/],
  ['tcp partition from app=web', intercepted, /app=web: labels are resolved by the controller/],
  ['tcp partition with @replicas', intercepted, /@replicas: targets are resolved by the controller/],
  ['disk freeze', intercepted, /does not apply disk freeze/],
] as const) {
  test(`${sentence} ${due === null ? 'can be applied' : 'is refused'} where ${proxied === forwarded ? 'a port is forwarded' : 'ports are intercepted'}`, () => {
    const said = refusal(sentence, proxied);
    if (due === null) assert.equal(said, null);
    else assert.match(said ?? '', due);
  });
}
