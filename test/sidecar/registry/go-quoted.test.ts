import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unquoteGo } from '../../../sidecar/registry/annotations/annotations.js';

/** What Go prints for these with %q. */
const quoted: readonly (readonly [string, string])[] = [
  ['""', ''],
  ['"plain words"', 'plain words'],
  ['"say \\"hi\\""', 'say "hi"'],
  ['"back\\\\slash"', 'back\\slash'],
  ['"\\a\\b\\f\\n\\r\\t\\v"', '\x07\b\f\n\r\t\v'],
  ['"\\x00\\x1f\\x7f"', '\0\x1f\x7f'],
  ['"\\u200b\\ufeff"', '\u200b\ufeff'],
  ['"\\U000e0001"', '\u{e0001}'],
  ['"é € 🐘"', 'é € 🐘'],
  ['"\\xe2\\x82\\xac"', '€'],
  ['"\\342\\202\\254"', '€'],
  ['"not UTF-8: \\xff"', 'not UTF-8: \ufffd'],
  ['"it\'s"', "it's"],
];

for (const [text, value] of quoted) {
  test(`unquoteGo() reads ${text}`, () => assert.equal(unquoteGo(text), value));
}

const torn: readonly string[] = [
  '',
  '"',
  'plain',
  '"unclosed',
  'unopened"',
  '"escaped end\\"',
  '"two" "strings"',
  '"unknown \\q"',
  '"\\\'"',
  '"short \\x1"',
  '"short \\u123"',
  '"short \\U0001f41"',
  '"surrogate \\ud800"',
  '"beyond \\U00110000"',
  '"octal \\400"',
  '"octal \\12"',
  '"line\nbreak"',
  '"after" ',
];

for (const text of torn) {
  test(`unquoteGo() refuses ${JSON.stringify(text)}`, () => assert.equal(unquoteGo(text), null));
}

test('unquoteGo() gives back what was quoted, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      assert.equal(unquoteGo(quoteLikeGo(value)), value);
    }),
  );
});

test('unquoteGo() never takes a string that was cut off for a whole one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (value, cut) => {
      const whole = quoteLikeGo(value);
      const part = whole.slice(0, cut % whole.length);
      assert.equal(unquoteGo(part), null);
    }),
  );
});

test('unquoteGo() never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('\\', '"', 'x', 'u', '0', 'f', 'n') }),
      (text) => void unquoteGo(text),
    ),
  );
});

/** What Go escapes by a letter, and the other controls by number. */
function quoteLikeGo(value: string): string {
  const escaped = value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
  return `"${escaped.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}
