import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isOpenTo, openPlace } from '../../../../dev/demo/local/open-to.js';

const somebodyElse = { uid: 54_321, gid: 54_321 };

test('a directory below one that only its owner may enter is closed to others', () => {
  const home = mkdtempSync(join(tmpdir(), 'open-to-'));
  try {
    mkdirSync(join(home, 'bin'), { mode: 0o755 });
    assert.ok(!isOpenTo(somebodyElse, join(home, 'bin')));
    assert.equal(openPlace(somebodyElse, join(home, 'bin')), tmpdir());
    assert.ok(isOpenTo({ uid: process.getuid?.() ?? 0, gid: 0 }, join(home, 'bin')));
    chmodSync(home, 0o755);
    assert.ok(isOpenTo(somebodyElse, home));
    assert.ok(isOpenTo(somebodyElse, join(home, 'bin')));
  } finally {
    rmSync(home, { recursive: true });
  }
});
