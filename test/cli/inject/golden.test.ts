/**
 * Manifests as people write them against files beside them. After a change that is meant:
 *
 *     UPDATE_GOLDEN=1 npm test -- test/cli/inject/golden
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { isUpdating } from '../../golden-switch.js';
import { injected, readManifest, uninjected } from './changed.js';

const folder = 'test/cli/inject/golden';
const names = readdirSync(folder).flatMap((name) => /^([\w-]+)\.manifest$/.exec(name)?.[1] ?? []);

test('there are manifests to try', () => assert.ok(names.length >= 6));

for (const name of names) {
  const text = readFileSync(`${folder}/${name}.manifest`, 'utf8');
  const golden = `${folder}/${name}.injected`;

  test(`${name} is injected as it says there`, () => {
    const { text: result } = injected(text);
    if (isUpdating) writeFileSync(golden, result);
    assert.equal(result, readFileSync(golden, 'utf8'));
  });

  test(`${name} comes out the same when it is injected again`, () => {
    const once = readFileSync(golden, 'utf8');
    assert.equal(injected(once).text, once);
  });

  test(`${name} is byte for byte the same when the sidecar is taken out again`, () => {
    assert.equal(uninjected(readFileSync(golden, 'utf8')).text, text);
  });

  test(`${name} keeps every line that was not about what changed`, () => {
    const lines = new Set(readFileSync(golden, 'utf8').split('\n'));
    const lost = text.split('\n').filter((line) => !lines.has(line));
    for (const line of lost)
      assert.match(
        line,
        /name: "?(data|scratch)|mountPath: |volumeMounts: \*|\*one|subPath: |metadata: \{labels/,
        line,
      );
  });

  test(`${name} keeps the line ends of Windows and a byte order mark`, () => {
    const windows = (unix: string): string => `\ufeff${unix.replaceAll('\n', '\r\n')}`;
    const result = injected(windows(text)).text;
    assert.equal(result, windows(readFileSync(golden, 'utf8')));
    assert.equal(readManifest(result).documents.length, readManifest(text).documents.length);
  });
}
