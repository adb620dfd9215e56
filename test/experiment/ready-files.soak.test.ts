/** The ready files under manifests/experiments/local: each is run as it is, and ends with the verdict that its first line says. */
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCli } from '../cli/run-cli.js';
import { temporaryFolders } from '../cli/temporary-folders.js';
import { needs } from '../needs.js';
import { freePort } from '../sidecar/network/ports.js';

const folder = 'manifests/experiments/local';
const skip = needs('fuse', 'setpriv', 'root', 'redis', 'haproxy', 'postgres', 'mariadb', 'etcd', 'python3');

/** What people connect to is 127.0.0.1 with a port that they know; here others may have it. */
const ports = /(?<=127\.0\.0\.1[: ]|--port |listen: |-p |http\.server |member \w+ )\d{4}\b/g;

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
      const free = new Map<string, number>();
      for (const port of new Set(text.match(ports))) free.set(port, await freePort());
      const moved = text.replace(/\b\d{4}\b/g, (number) => String(free.get(number) ?? number));
      writeFileSync(join(root, file), moved);
      const args = ['run', '-f', file, '--journal', 'journal.jsonl', '-o', 'json'];
      const { stdout, stderr } = await runCli(t, args, { cwd: root, env: { TMPDIR: join(root, 'tmp') } });
      const judgement = JSON.parse(stdout);
      assert.equal(judgement.verdict, verdict, `${stdout}\n${stderr}`);
      const expected = data ?? (/^ {2}ledger:/m.test(text) ? 'Intact' : 'Unknown');
      assert.equal(judgement.data, expected, stdout);
      assert.deepEqual(readdirSync(join(root, 'tmp')), [], 'what was made for the run is left');
      t.diagnostic(judgement.message);
    });
  }
});
