/** The codes, their page, and what reads them back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type ErrorCode, errorCodes, isErrorCode } from '../../core/error-codes.js';
import { codeOf, HavocError, hasCode, readErrorCode } from '../../core/havoc-error.js';
import type { ProblemDocumentCode } from '../../sidecar/control/problem-document.js';
import { mountFailure } from '../../sidecar/disk/fd-store-port.js';

const file = 'docs/reference/error-codes.md';
const page = readFileSync(file, 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.*?) \| (.*) \|$/gm)].map(([, code = '', means, mend]) => ({
  code,
  means,
  mend,
}));
const codes = Object.keys(errorCodes);

test('every code is written area.reason', () => {
  for (const code of codes) assert.match(code, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
});

test('every code has one row on the page, with what it means and what to do, and no row is without a code', () => {
  assert.deepEqual(rows.map(({ code }) => code).toSorted(), codes.toSorted());
  for (const { code, means, mend } of rows) {
    assert.equal(means, errorCodes[code as ErrorCode], code);
    assert.ok(mend !== undefined && mend.length > 3, code);
  }
});

test('every link of the page leads to a file, and to a heading of it', () => {
  for (const [, path = '', heading] of page.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)) {
    const target = join(dirname(file), path);
    assert.ok(existsSync(target), path);
    const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, words = '']) =>
      words
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/[^\w-]/g, ''),
    );
    if (heading !== undefined) assert.ok(headings.includes(heading), `${path}#${heading}`);
  }
});

/** `CODE` of the endpoint is `control.CODE` to its clients: one that has no row does not compile. */
const ofEndpoint = (code: ProblemDocumentCode): ErrorCode => `control.${code}` as const;

const listing = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files', '*.ts'], { encoding: 'utf8' });
const skip = listing.status === 0 ? false : 'missing: git, or its list of the files of this project';

test('every code is written somewhere, and no code is in the old style', { skip }, () => {
  const texts = listing.stdout
    .split('\n')
    .filter((path) => path !== '' && path !== 'core/error-codes.ts' && existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const product = texts.filter(({ path }) => !path.startsWith('test/')).map(({ text }) => text);
  const said = readFileSync('sidecar/control/problem-document.ts', 'utf8');
  const isWritten = (code: string): boolean =>
    product.some((text) => text.includes(`'${code}'`)) ||
    new RegExp(`^ {2}'?${code.replace('control.', '')}'?: \\[\\d{3}, `, 'm').test(said);
  assert.deepEqual(
    codes.filter((code) => !isWritten(code)),
    [],
  );
  const old = texts.filter(
    ({ path, text }) => path !== 'test/core/error-codes.test.ts' && /['"` ]E_[A-Z]{3,}['"` ]/.test(text),
  );
  assert.deepEqual(
    old.map(({ path }) => path),
    [],
  );
  assert.ok(isErrorCode(ofEndpoint('bad-sentence')));
});

test('a code that came as text is one of the list, or what the reader holds it for', () => {
  assert.equal(readErrorCode('disk.unmounted', 'sidecar.bug'), 'disk.unmounted');
  for (const said of ['E_BUG', 'toString', '__proto__', '', 7, null, undefined])
    assert.equal(readErrorCode(said, 'sidecar.bug'), 'sidecar.bug');
});

test('what the holder says of a mount it could not make keeps its code, or else its words', () => {
  const known = mountFailure('failed data fuse.unusable cannot open /dev/fuse: EPERM');
  assert.ok(hasCode(known, 'mount.failed', 'fuse.unusable'));
  assert.equal(known.code, 'fuse.unusable');
  assert.equal(known.message, 'the holder cannot mount data: cannot open /dev/fuse: EPERM');
  const foreign = mountFailure('failed data E_OTHER no room');
  assert.equal(foreign.code, 'mount.failed');
  assert.equal(foreign.message, 'the holder cannot mount data: E_OTHER no room');
  assert.equal(mountFailure('what').code, 'mount.failed');
});

test('an error of the system has the code of a bug, or what the caller says', () => {
  const system = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  assert.equal(codeOf(system), 'sidecar.bug');
  assert.equal(codeOf(system, 'holder.failed'), 'holder.failed');
  assert.equal(codeOf(new HavocError('tcp.late', 'late')), 'tcp.late');
  assert.ok(!hasCode(system, 'sidecar.bug'));
});
