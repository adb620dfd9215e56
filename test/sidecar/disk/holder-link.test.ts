/** A holder that dies and is started again, as the fault proxy that is connected to it sees it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FdStorePort, inherit } from '../../../sidecar/disk/fd-store-port.js';
import { type HolderChange, HolderLink } from '../../../sidecar/disk/holder-link.js';
import { receive, send } from '../../../sidecar/linux/packet-socket.js';
import { shipped } from '../../shipped.js';
import { until } from '../mounted/until.js';

const program = shipped('sidecar/mount/main');

interface Holder {
  readonly pid: number;
  kill(): Promise<void>;
}

async function startHolder(t: TestContext, socket: string): Promise<Holder> {
  const config = JSON.stringify({ socket, mounts: [], onDemand: [], endWithParent: true, isHidden: false });
  const child = spawn(process.execPath, [program, config], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout ?? assert.fail(), 'data');
  const kill = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return { pid: child.pid ?? 0, kill };
}

test('it is looked for until it takes everything, and everybody speaks to it by the number they know', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-link-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const socketPath = join(directory, 'socket');
  const first = await startHolder(t, socketPath);
  const inheritance = inherit(socketPath);
  const changes: HolderChange[] = [];
  let tries = 0;
  const link = new HolderLink({
    socketPath,
    inheritance,
    handOver: (fdStore) => ++tries > 2 && fdStore.keep('everything', 0),
    onChange: (change) => changes.push(change),
  });
  link.follow();
  assert.equal(link.pid, first.pid);
  await first.kill();
  await until(() => changes.length === 1);
  assert.equal(new FdStorePort(inheritance.holderFd).keep('unheard', 0), false);
  const second = await startHolder(t, socketPath);
  await until(() => changes.length === 2);
  assert.deepEqual(changes, [{ kind: 'lost' }, { kind: 'found', pid: second.pid }]);
  assert.deepEqual([link.pid, tries], [second.pid, 3]);

  assert.equal(new FdStorePort(inheritance.holderFd).keep('later', 0), true);
  send(inheritance.holderFd, 'hello');
  const answers = Array.from({ length: 3 }, () => receive(inheritance.holderFd, 5000));
  const texts = answers.map((answer) => (answer.kind === 'message' ? answer.text : answer.kind));
  assert.deepEqual(texts, ['has everything', 'has later', `end ${second.pid}`]);
  for (const answer of answers)
    if (answer.kind === 'message') for (const fd of answer.descriptors) closeSync(fd);
});

test('its end is no news to a fault proxy that was asked to end: the holder is asked too, and may be faster', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-link-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const socketPath = join(directory, 'socket');
  const first = await startHolder(t, socketPath);
  const changes: HolderChange[] = [];
  const inheritance = inherit(socketPath);
  const onChange = (change: HolderChange): void => void changes.push(change);
  const link = new HolderLink({ socketPath, inheritance, handOver: () => true, onChange });
  link.follow();
  link.announceDrain();
  await first.kill();
  const second = await startHolder(t, socketPath);
  await until(() => link.pid === second.pid);
  assert.deepEqual(changes, [{ kind: 'found', pid: second.pid }]);
});
