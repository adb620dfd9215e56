import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { parse } from 'yaml';
import { commandInArchive, writePluginArchive } from '../../../dev/krew/plugin-archive.js';
import { pluginManifest } from '../../../dev/krew/plugin-manifest.js';

describe('the plugin of kubectl, as Krew installs it: unpacked, with a link by its name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-krew-test-'));
  const [archive, again, bin] = ['plugin.tar.gz', 'again.tar.gz', 'bin'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  let sha256 = '';
  before(async () => {
    sha256 = await writePluginArchive(archive);
    const store = join(folder, 'store');
    mkdirSync(store);
    mkdirSync(bin);
    await execa('tar', ['--extract', `--file=${archive}`, `--directory=${store}`]);
    symlinkSync(join(store, commandInArchive), join(bin, 'kubectl-havock8s'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const plugin = (...words: string[]) =>
    execa(join(bin, 'kubectl-havock8s'), words, { cwd: folder, reject: false, timeout: 60_000 });

  test('is the same bytes for the same sources, and the manifest has their hash', async () => {
    assert.equal(await writePluginArchive(again), sha256);
    assert.equal(createHash('sha256').update(readFileSync(archive)).digest('hex'), sha256);
    const uri = 'https://example.org/v1.2.3/plugin.tar.gz';
    const { metadata, spec } = parse(pluginManifest({ version: '1.2.3', uri, sha256 }));
    assert.equal(metadata.name, 'havock8s');
    assert.equal(spec.version, 'v1.2.3');
    const [platform] = spec.platforms;
    assert.deepEqual([platform.uri, platform.sha256, platform.bin], [uri, sha256, commandInArchive]);
  });

  test('needs nothing beside itself, and calls itself as it was called', async () => {
    const help = await plugin('--help');
    assert.equal(help.exitCode, 0, help.stderr);
    assert.match(help.stdout, /^Usage: kubectl havock8s/m);
    const explained = await plugin('explain', 'disk latency 200ms on fsync for 1m');
    assert.equal(explained.exitCode, 0, explained.stderr);
  });

  test('loads what speaks to a cluster: without one, it says so', async () => {
    const { exitCode, stderr } = await plugin('ls', '--kubeconfig', join(folder, 'absent'));
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /absent/);
    assert.doesNotMatch(stderr, /at .*\.js:\d+/);
  });

  test('says that it has no sidecar for this machine, and what has', async () => {
    const { exitCode, stderr } = await plugin('local', '--listen', '7433=127.0.0.1:1', '--', 'true');
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /no sidecar for this machine.*npm/s);
  });
});
