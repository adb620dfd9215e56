import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const nobody = 65534;

interface Said {
  readonly status: number | null;
  readonly lines: readonly string[];
}

/** What the script says for one job, as a user who may install nothing. */
function ask(job: string, packages: readonly string[]): Said {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-setup-'));
  try {
    copyFileSync('dev/jobs/debian-packages.sh', join(folder, 'debian-packages.sh'));
    writeFileSync(join(folder, 'packages'), `${packages.join('\n')}\n`);
    chmodSync(folder, 0o755);
    const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    const script = join(folder, 'debian-packages.sh');
    const { status, stdout } = spawnSync('sh', [script, job], { encoding: 'utf8', cwd: '/', ...identity });
    return { status, lines: stdout.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a user who may install nothing is told what is missing, what for, and the command', () => {
  const { status, lines } = ask('test', ['test,bench no-such-package no-such-program proving a point']);
  assert.equal(status, 0);
  assert.match(lines[1] ?? '', /^ {2}no-such-package +proving a point$/);
  assert.match(lines[2] ?? '', /sudo apt-get install --no-install-recommends no-such-package$/);
});

test('nothing is said of a package that is there, by program or by path', () => {
  assert.deepEqual(
    ask('test', ['test shell sh talking', 'test passwords /etc/pass* knowing users']).lines,
    [],
  );
});

test('nothing is said of a package that another job needs', () => {
  assert.deepEqual(ask('test', ['bench no-such-package no-such-program measuring']).lines, []);
});

test('a job whose name is part of another is another job', () => {
  assert.deepEqual(ask('test', ['pretest no-such-package no-such-program preparing']).lines, []);
});

test('every line of dev/jobs/packages names known jobs, a package, its evidence and its purpose', () => {
  const lines = readFileSync('dev/jobs/packages', 'utf8').split('\n');
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(
    entries.filter(
      (line) =>
        !/^(test|bench|cluster|image|experiment)(,(test|bench|cluster|image|experiment))* +[a-z0-9-]+ +\S+ +\S.*$/.test(
          line,
        ),
    ),
    [],
  );
});
