import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Plane } from '../../../sidecar/supervisor/plane.js';

test('a plane that serves but cannot answer for itself lets nobody in: who waited for it would wait for ever', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const log: string[] = [];
  let letIn = 0;
  await assert.rejects(
    startPlane(t, (taken.address() as AddressInfo).port, { log, onServing: () => letIn++ }),
  );
  assert.match(log.join('\n'), /"plane.serving"/);
  assert.equal(letIn, 0);
});

test('a plane lets others in once, when its control endpoint answers', async (t) => {
  let letIn = 0;
  const plane = await startPlane(t, 0, { log: [], onServing: () => letIn++ });
  assert.equal(letIn, 1);
  assert.equal((await fetch(`${plane.controlUrl}/readyz`)).status, 200);
  await plane.end();
});

interface Heard {
  readonly log: string[];
  readonly onServing: () => void;
}

function startPlane(t: TestContext, port: number, { log, onServing }: Heard): Promise<Plane> {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'havock8s-plane-'));
  t.after(() => rmSync(stateDirectory, { recursive: true, force: true }));
  const config = {
    volumes: [],
    holderSocket: null,
    mounts: [],
    tcp: null,
    stateDirectory,
    annotationsFile: null,
    faults: [],
    control: { host: '127.0.0.1', port },
    seed: 0,
    logLevel: 'info',
    resend: true,
    standBy: false,
  };
  const listeners = {
    onLog: (line: string) => log.push(line),
    onPlane: () => {},
    onServing,
    onDown: () => {},
  };
  return Plane.start({ config, fds: [] }, listeners);
}
