import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { FaultProxy } from '../../../sidecar/supervise/fault-proxy.js';
import { until } from '../mounted/until.js';

test('a fault proxy that serves but cannot answer for itself lets nobody in: who waited for it would wait for ever', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const log: string[] = [];
  let letIn = 0;
  await assert.rejects(
    startProxy(t, (taken.address() as AddressInfo).port, { log, onServing: () => letIn++ }),
  );
  assert.match(log.join('\n'), /"fault-proxy.serving"/);
  assert.equal(letIn, 0);
});

test('a fault proxy lets others in once, when its control endpoint answers', async (t) => {
  let letIn = 0;
  const proxy = await startProxy(t, 0, { log: [], onServing: () => letIn++ });
  assert.equal(letIn, 1);
  assert.equal((await fetch(`${proxy.controlUrl}/readyz`)).status, 200);
  await proxy.kill();
});

test('a standby that is killed alone is replaced, before a fault proxy needs it', async (t) => {
  const proxy = await startProxy(t, 0, { log: [], onServing: () => {} });
  await until(() => standbys().length === 1);
  const [first = 0] = standbys();
  process.kill(first, 'SIGKILL');
  await until(() => standbys().some((pid) => pid !== first));
  const serves = proxy.pid;
  process.kill(serves, 'SIGKILL');
  await until(async () => proxy.pid !== serves && (await answers(proxy)));
  await proxy.kill();
  await until(() => standbys().length === 0);
});

test('one fault proxy and no more follows two that die at once, the one that served and the one that stood by', async (t) => {
  const log: string[] = [];
  const proxy = await startProxy(t, 0, { log, onServing: () => {} });
  await until(() => standbys().length === 1);
  const [standsBy = 0] = standbys();
  const serves = proxy.pid;
  killUnseen(standsBy, serves);
  await until(async () => proxy.pid !== serves && (await answers(proxy)));
  await until(() => standbys().length === 1);
  // The standby may have been taken for alive, and have died as the fault proxy: what counts is who served.
  assert.equal(log.filter((line) => line.includes('fault-proxy.serving')).length, 2, log.join('\n'));
  assert.equal(children().length, 2);
  await proxy.kill();
  await until(() => standbys().length === 0);
});

test('a standby that fails is its own affair: the fault proxy serves on', async (t) => {
  process.env['NODE_OPTIONS'] = `--import=data:text/javascript,${encodeURIComponent(failing)}`;
  t.after(() => delete process.env['NODE_OPTIONS']);
  const log: string[] = [];
  const proxy = await startProxy(t, 0, { log, onServing: () => {} });
  proxy.failed.catch((error: unknown) => log.push(`given up: ${error}`));
  await until(() => log.some((line) => line.includes('a standby has failed')));
  assert.ok(await answers(proxy));
  assert.deepEqual(
    log.filter((line) => line.includes('given up')),
    [],
  );
  await proxy.kill();
});

/** What a standby runs before anything of its own. */
const failing = `
  if (JSON.parse(process.argv[2] ?? '{}').isStandby)
    process.send({ event: 'failed', code: 'sidecar.bug', message: 'no memory' }, () => {
      console.log('a standby has failed');
      process.exit(1);
    });`;

/** Dead, each before the next and all before this process hears of it. */
function killUnseen(...pids: readonly number[]): void {
  for (const pid of pids) {
    process.kill(pid, 'SIGKILL');
    while (!/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  }
}

const answers = ({ controlUrl }: FaultProxy): Promise<boolean> =>
  fetch(`${controlUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Children of this process that stand by, their code loaded: they have given themselves their name. */
const standbys = (): readonly number[] =>
  children().filter((pid) => readIfThere(`/proc/${pid}/cmdline`)?.startsWith('havock8s-spare'));

const children = (): readonly number[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .map(Number)
    .filter((pid) => pid > 0);

interface Heard {
  readonly log: string[];
  readonly onServing: () => void;
}

async function startProxy(t: TestContext, port: number, { log, onServing }: Heard): Promise<FaultProxy> {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'havock8s-proxy-'));
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
    controlAccess: { kind: 'anybody' as const },
    readOnlyFd: null,
    pod: null,
    seed: 0,
    logLevel: 'info',
    resend: true,
    isHidden: false,
    isStandby: false,
  };
  const listeners = {
    onLog: (line: string) => log.push(line),
    onProxy: () => {},
    onServing,
    onDown: () => {},
  };
  const proxy = await FaultProxy.start({ config, fds: [] }, listeners);
  t.after(() => proxy.kill());
  return proxy;
}
