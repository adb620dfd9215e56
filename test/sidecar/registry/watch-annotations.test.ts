import assert from 'node:assert/strict';
import { appendFile, mkdir, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../core/clock.js';
import { sleep } from '../../../core/sleep.js';
import type { AnnotationsReading } from '../../../sidecar/registry/annotations/annotations.js';
import { watchAnnotations } from '../../../sidecar/registry/annotations/watch-annotations.js';
import { registryLimits } from '../../../sidecar/registry/registry-limits.js';
import { slowdown } from '../../slowdown.js';
import { type CollectingLog, collectingLog } from './collecting-log.js';
import { temporaryDirectory } from './temporary-directory.js';

const freeze = 'fault.havock8s.io/a="disk freeze"\n';
const readonly = 'fault.havock8s.io/b="disk readonly"\n';

/** Readings as they come: `a,b` for the faults of a file, or why there are none. */
class Readings {
  readonly all: string[] = [];
  #waiting: { readonly wanted: string; readonly resolve: () => void } | null = null;

  readonly deliver = (reading: AnnotationsReading): void => {
    const text = reading.kind === 'read' ? reading.faults.map(({ name }) => name).join(',') : reading.kind;
    this.all.push(text);
    if (this.#waiting?.wanted === text) this.#waiting.resolve();
  };

  /** Resolves to how much longer it took than the waits and reads that it is made of take beside it: the machine may be busy. */
  async become(wanted: string, change: () => Promise<unknown>): Promise<number> {
    const arrived = new Promise<void>((resolve) => {
      this.#waiting = { wanted, resolve };
    });
    await change();
    const changedMs = performance.now();
    const [controlMs, tookMs] = await Promise.all([
      waitsAndReads().then(() => performance.now() - changedMs),
      arrived.then(() => performance.now() - changedMs),
    ]);
    return tookMs - controlMs;
  }
}

async function waitsAndReads(): Promise<void> {
  for (const ms of [registryLimits.debounceMs, registryLimits.settleMs]) {
    await sleep(ms, { clock: systemClock });
    await readFile(fileURLToPath(import.meta.url));
  }
}

interface Watching extends CollectingLog {
  readonly readings: Readings;
}

async function watching(t: TestContext, file: string): Promise<Watching> {
  const readings = new Readings();
  const collecting = collectingLog();
  const watch = await watchAnnotations({ file, log: collecting.log, deliver: readings.deliver });
  t.after(() => watch.close());
  return { readings, ...collecting };
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
}

test('watchAnnotations() delivers what is there before it resolves', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  await writeFile(file, freeze);
  const { readings } = await watching(t, file);
  assert.deepEqual(readings.all, ['a']);
});

test('watchAnnotations() follows a file that is replaced by rename, within 100 ms of its own waits each time', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  await writeFile(file, '');
  const { readings } = await watching(t, file);
  for (let round = 0; round < 5; round++) {
    assert.ok((await readings.become('a,b', () => replace(file, freeze + readonly))) < 100 * slowdown());
    assert.ok((await readings.become('b', () => replace(file, readonly))) < 100 * slowdown());
  }
});

test('watchAnnotations() follows a file that is edited in place, and never shows it half written', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  await writeFile(file, freeze);
  const { readings } = await watching(t, file);
  assert.ok((await readings.become('a,b', () => appendFile(file, readonly))) < 100 * slowdown());
  await readings.become('b,a', async () => {
    const handle = await open(file, 'w');
    await handle.write(readonly);
    await handle.write(freeze.slice(0, 20));
    await handle.write(freeze.slice(20));
    await handle.close();
  });
  assert.ok((await readings.become('a', () => writeFile(file, freeze))) < 100 * slowdown());
  assert.deepEqual(readings.all, ['a', 'a,b', 'b,a', 'a']);
});

test('watchAnnotations() lets a fault end whose line stays torn', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  await writeFile(file, freeze + readonly);
  const { readings, codes } = await watching(t, file);
  await readings.become('a', () => writeFile(file, `${freeze}fault.havock8s.io/b`));
  assert.ok(codes().includes('annotations.bad-line'));
});

test('watchAnnotations() follows the swap of the ..data link that the kubelet makes', async (t) => {
  const directory = await temporaryDirectory(t);
  const publish = async (version: string, text: string) => {
    await mkdir(join(directory, version));
    await writeFile(join(directory, version, 'annotations'), text);
    await symlink(version, join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  };
  await publish('..2026_01', freeze);
  await symlink('..data/annotations', join(directory, 'annotations'));
  const { readings } = await watching(t, join(directory, 'annotations'));
  assert.ok((await readings.become('a,b', () => publish('..2026_02', freeze + readonly))) < 100 * slowdown());
  await rm(join(directory, '..2026_01'), { recursive: true });
  assert.ok((await readings.become('b', () => publish('..2026_03', readonly))) < 100 * slowdown());
  assert.deepEqual(readings.all, ['a', 'a,b', 'b']);
});

test('watchAnnotations() follows a link to a file elsewhere that is edited in place', async (t) => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'elsewhere'));
  await mkdir(join(directory, 'here'));
  await writeFile(join(directory, 'elsewhere', 'notes'), freeze);
  await symlink('../elsewhere/notes', join(directory, 'here', 'annotations'));
  const { readings } = await watching(t, join(directory, 'here', 'annotations'));
  const tookMs = await readings.become('a,b', () =>
    appendFile(join(directory, 'elsewhere', 'notes'), readonly),
  );
  assert.ok(tookMs < 100 * slowdown());
});

test('watchAnnotations() waits for a file that is absent at first, or goes for a while', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  const { readings, codes } = await watching(t, file);
  assert.deepEqual(readings.all, ['absent']);
  assert.ok((await readings.become('a', () => writeFile(file, freeze))) < 100 * slowdown());
  assert.ok((await readings.become('absent', () => rm(file))) < 100 * slowdown());
  assert.ok((await readings.become('a', () => writeFile(file, freeze))) < 100 * slowdown());
  assert.deepEqual(codes(), [
    'annotations.absent',
    'annotations.read',
    'annotations.absent',
    'annotations.read',
  ]);
});

test('watchAnnotations() finds a file again whose directory was recreated', async (t) => {
  const directory = join(await temporaryDirectory(t), 'podinfo');
  const file = join(directory, 'annotations');
  const { readings, codes } = await watching(t, file);
  await readings.become('a', async () => {
    await mkdir(directory);
    await writeFile(file, freeze);
  });
  await readings.become('absent', () => rm(directory, { recursive: true }));
  await readings.become('b', async () => {
    await mkdir(directory);
    await writeFile(file, readonly);
  });
  assert.ok((await readings.become('a,b', () => replace(file, freeze + readonly))) < 100 * slowdown());
  assert.ok(codes().includes('annotations.polled'));
});

test('watchAnnotations() arms nothing from a file of more bytes than Kubernetes allows', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  await writeFile(file, freeze);
  const { readings, codes } = await watching(t, file);
  const huge = `${freeze}x="${'y'.repeat(registryLimits.annotationsFileBytes)}"\n`;
  await readings.become('unreadable', () => replace(file, huge));
  assert.ok(codes().includes('annotations.unreadable'));
  await readings.become('a', () => replace(file, freeze));
});

test('watchAnnotations() arms nothing from a directory in the place of the file', async (t) => {
  const { readings } = await watching(t, await temporaryDirectory(t));
  assert.deepEqual(readings.all, ['unreadable']);
});

test('watchAnnotations() delivers nothing after close()', async (t) => {
  const file = join(await temporaryDirectory(t), 'annotations');
  await writeFile(file, freeze);
  const readings = new Readings();
  const watch = await watchAnnotations({ file, log: collectingLog().log, deliver: readings.deliver });
  await replace(file, readonly);
  await watch.close();
  assert.deepEqual(readings.all, ['a']);
});
