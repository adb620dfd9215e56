/** fio, which checks all it reads against the checksums it wrote, while the fault proxy is killed every two seconds. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { succeed } from '../mounted/databases/run-program.js';
import { withMount } from '../mounted/mounted-disk.js';
import { deathSeconds, Reaper } from './reaper.js';

const skip = needs('root', 'fuse', 'fio');

for (const direct of [0, 1]) {
  const how = direct ? 'direct' : 'buffered';
  test(`fio reads back all it wrote, ${how}, and waits for none of it a second, while the fault proxy is killed`, {
    skip,
  }, async (context) => {
    const scratch = mkdtempSync(join(tmpdir(), 'havock8s-fio-'));
    try {
      await withMount(async ({ mount, sidecar }) => {
        const reaper = new Reaper(sidecar);
        const output = await succeed('fio', fioArguments(mount, direct), { cwd: scratch });
        reaper.stop();
        const { errors, longestMs } = reportOf(output);
        context.diagnostic(`${reaper.kills} deaths, the longest wait was ${longestMs} ms`);
        assert.deepEqual(errors, []);
        assert.ok(reaper.kills >= deathSeconds / 4 - 2, 'the fault proxy was hardly killed');
        assert.ok(longestMs < 1000, `an operation took ${longestMs} ms`);
      });
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
}

function fioArguments(directory: string, direct: number): readonly string[] {
  const settings = {
    name: 'verify',
    directory,
    direct,
    ioengine: 'psync',
    rw: 'randwrite',
    bs: '4k',
    size: '16m',
    numjobs: 4,
    verify: 'crc32c',
    verify_backlog: 256,
    verify_fatal: 1,
    verify_state_save: 0,
    fsync: 64,
    time_based: 1,
    runtime: Math.ceil(deathSeconds / 2),
    'output-format': 'json',
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}

interface Job {
  readonly error: number;
  readonly [direction: string]: unknown;
}

function reportOf(output: string): { readonly errors: readonly number[]; readonly longestMs: number } {
  const { jobs } = JSON.parse(output.slice(output.indexOf('{'))) as { jobs: readonly Job[] };
  const waits = jobs.flatMap((job) =>
    ['read', 'write', 'sync'].map((direction) => longestWait(job[direction])),
  );
  return {
    errors: jobs.map(({ error }) => error).filter((error) => error !== 0),
    longestMs: Math.round(Math.max(...waits) / 1e6),
  };
}

function longestWait(direction: unknown): number {
  return (direction as { readonly lat_ns?: { readonly max?: number } } | undefined)?.lat_ns?.max ?? 0;
}
