/** Redis with an append-only file synced at every write: each answered write outlives every fault and every death. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { killFaultProxy } from '../kill-fault-proxy.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { until } from '../until.js';
import { runProgram, succeed } from './run-program.js';

describe('Redis on the mount', { skip: needs('root', 'fuse', 'redis') }, () => {
  let disk: MountedDisk;
  let sockets: string;
  let server: ChildProcess;
  let ended: Promise<unknown>;
  let answered = 0;
  before(async () => {
    disk = await mountDisk();
    sockets = mkdtempSync(join(tmpdir(), 'havock8s-redis-'));
    mkdirSync(join(disk.mount, 'redis'));
    await start();
  });
  beforeEach(() => write(100));
  after(async () => {
    await stop('SIGKILL');
    rmSync(sockets, { recursive: true });
    await disk?.close();
  });

  test('keeps what it answered when it is killed under a slow disk', async () => {
    await disk.control.arm('fault', 'disk latency 5ms jitter 5ms on fsync,write in redis/**');
    await write(100);
    await stop('SIGKILL');
    await disk.control.disarm('fault');
    await start();
    await everythingIsThere();
  });

  test('keeps what it answered when its writes come out short', async () => {
    await disk.control.arm('fault', 'disk short 7 on write in redis/** every 5th');
    await write(200);
    await stop('SIGKILL');
    await disk.control.disarm('fault');
    await start();
    await everythingIsThere();
  });

  test('gives up when its log cannot be synced, and has everything it answered when it is back', async () => {
    await disk.control.arm('fault', 'disk error EIO on fsync in redis/**');
    await write(100);
    await ended;
    await disk.control.disarm('fault');
    await start();
    await everythingIsThere();
  });

  test('keeps what it answered while the fault proxy dies under it', async () => {
    const writing = write(2000);
    for (let kill = 0; kill < 3; kill += 1) await killFaultProxy(disk);
    await writing;
    await stop('SIGKILL');
    await start();
    await everythingIsThere();
  });

  test('rewrites its log on a disk that throttles, and loads it again', async () => {
    await disk.control.arm('fault', 'disk throttle 500 iops in redis/**');
    await command('bgrewriteaof');
    await write(100);
    await until(
      async () => (await command('info', 'persistence')).includes('aof_rewrite_in_progress:0'),
      60_000,
    );
    await disk.control.disarm('fault');
    await stop('SIGTERM');
    await start();
    await everythingIsThere();
  });

  /** Writes as many keys, one after the other, until one is not answered. */
  async function write(keys: number): Promise<void> {
    const lines = Array.from(
      { length: keys },
      (_, index) => `set key:${answered + index} value:${answered + index}`,
    );
    const { stdout } = await runProgram('redis-cli', ['-s', join(sockets, 'redis')], {
      input: `${lines.join('\n')}\n`,
    });
    answered += stdout.split('\n').filter((line) => line === 'OK').length;
  }

  async function everythingIsThere(): Promise<void> {
    const keys = Array.from({ length: answered }, (_, index) => `get key:${index}`);
    const output = await succeed('redis-cli', ['-s', join(sockets, 'redis')], {
      input: `${keys.join('\n')}\n`,
    });
    const values = output.trim().split('\n');
    const missing = keys.filter((_, index) => values[index]?.replaceAll('"', '') !== `value:${index}`);
    assert.deepEqual(missing, []);
  }

  function command(...args: readonly string[]): Promise<string> {
    return succeed('redis-cli', ['-s', join(sockets, 'redis'), ...args]);
  }

  async function start(): Promise<void> {
    const settings = {
      port: '0',
      unixsocket: join(sockets, 'redis'),
      dir: join(disk.mount, 'redis'),
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    server = spawn('redis-server', args, { cwd: '/', stdio: 'ignore' });
    ended = once(server, 'exit');
    await until(async () => {
      assert.equal(server.exitCode, null, 'redis-server ended');
      return (await runProgram('redis-cli', ['-s', join(sockets, 'redis'), 'ping'])).stdout === 'PONG\n';
    });
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await ended;
  }
});
