/** The end of a fault proxy, asked for by a signal, in a process of its own: it ends itself. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

const program = new URL('../../../sidecar/proxy/proxy-end.js', import.meta.url);

/** What it tells and logs, in order; every part that it ends fails. */
const script = `
  import { drainWhenAsked } from ${JSON.stringify(program.href)};
  const send = (word) => process.connected && process.send(word);
  const say = ({ code, event }) => send(code ?? event);
  const fail = async (part) => {
    send(part);
    throw new Error(part + ' fails');
  };
  const disk = { announceDrain: () => {}, drain: () => fail('disk') };
  const close = () => {
    send('isDraining ' + ending.isDraining);
    return fail('registry');
  };
  const [registry, tcp] = [{ close }, { drain: () => fail('tcp') }];
  const ending = drainWhenAsked({ registry, disk, tcp, log: { info: say, error: say }, tell: say });
  send('isDraining ' + ending.isDraining);
  send('ready');`;

test('a part that cannot be ended in order is told of, and keeps none of the others from ending', async (t) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  t.after(() => child.kill('SIGKILL'));
  const said: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`it ended after ${said.join(', ')}`)));
    child.on('message', (message) => {
      said.push(message);
      if (message === 'ready') child.kill('SIGTERM');
      if (message === 'drained') resolve();
    });
  });
  assert.deepEqual(said, [
    'isDraining false',
    'ready',
    'fault-proxy.draining',
    'isDraining true',
    ...['registry', 'fault-proxy.drain-failed'],
    ...['disk', 'disk.drain-failed'],
    ...['tcp', 'tcp.drain-failed'],
    'drained',
  ]);
  const exited = once(child, 'exit');
  child.disconnect();
  const [, signal] = await exited;
  assert.equal(signal, 'SIGKILL', 'without a supervisor it ends itself');
});
