/** The ready files under manifests/experiments/local: each is run as it is, and ends with the verdict that its first line says. */
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { program, spawnProgram } from '../cli/run-cli.js';
import { temporaryFolders } from '../cli/temporary-folders.js';
import { needs } from '../needs.js';

const folder = 'manifests/experiments/local';
const skip = needs(
  'fuse',
  'setpriv',
  'root',
  'network',
  'redis',
  'haproxy',
  'postgres',
  'mariadb',
  'etcd',
  'python3',
);

/** Each finds the ports of its file free, whoever else is on this machine. */
const ownNetwork = ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

describe('the ready experiments', { skip, concurrency: 2 }, () => {
  for (const file of readdirSync(folder).sort()) {
    test(file, async (t) => {
      const root = temporaryFolders(t, 'tmp');
      // PostgreSQL runs as a user of its own.
      chmodSync(root, 0o755);
      const text = readFileSync(join(folder, file), 'utf8');
      const [, verdict, data] = /^# .* Verdict: (\w+)(?:, data: (\w+))?\.\n/.exec(text) ?? [];
      assert.ok(verdict, 'the first line says the verdict');
      assert.match(text, /^.*\n# Needs [^\n]*\.\n/, 'the second line says what it needs');
      writeFileSync(join(root, file), text);
      const args = ['run', '-f', file, '--journal', 'journal.jsonl', '-o', 'json'];
      const words = [...ownNetwork, process.execPath, program, ...args];
      const running = spawnProgram(t, words, { cwd: root, env: { TMPDIR: join(root, 'tmp') } });
      const { stdout, stderr } = await running.ended;
      const judgement = JSON.parse(stdout);
      assert.equal(judgement.verdict, verdict, `${stdout}\n${stderr}`);
      const expected = data ?? (/^ {2}ledger:/m.test(text) ? 'Intact' : 'Unknown');
      assert.equal(judgement.data, expected, stdout);
      assert.deepEqual(readdirSync(join(root, 'tmp')), [], 'what was made for the run is left');
      t.diagnostic(judgement.message);
    });
  }
});
