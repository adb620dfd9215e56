import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAnnotations } from '../../../sidecar/registry/annotations/annotations.js';
import { registryLimits } from '../../../sidecar/registry/registry-limits.js';

test('parseAnnotations() picks the faults out of what the kubelet wrote', () => {
  const text = [
    'cni.projectcalico.org/podIP="10.0.0.7/32"',
    'fault.havock8s.io/eio="disk error EIO on read"',
    'fault.havock8s.io/odd="disk latency 1s in \\"a b\\"/**"',
    'havock8s.io/inject="enabled"',
    'kubernetes.io/config.seen="2026-01-02T03:04:05.678901234Z"',
  ].join('\n');
  assert.deepEqual(parseAnnotations(text), {
    kind: 'read',
    faults: [
      { name: 'eio', sentence: 'disk error EIO on read' },
      { name: 'odd', sentence: 'disk latency 1s in "a b"/**' },
    ],
    disarmBeforeMs: null,
    problems: [],
  });
});

test('parseAnnotations() reads before when what was armed within the pod is off', () => {
  const { disarmBeforeMs } = parseAnnotations('havock8s.io/disarm="2026-01-02T03:04:05.678Z"');
  assert.equal(disarmBeforeMs, Date.parse('2026-01-02T03:04:05.678Z'));
});

for (const value of ['true', '', '1', '2026', '2026-01-02T99:04:05Z']) {
  test(`parseAnnotations() switches nothing off before ${JSON.stringify(value)}, and says so`, () => {
    const { disarmBeforeMs, problems } = parseAnnotations(`havock8s.io/disarm="${value}"`);
    assert.deepEqual([disarmBeforeMs, problems.map(({ code }) => code)], [null, ['bad-value']]);
  });
}

test('parseAnnotations() takes a last line with and without its end, and the line ends of other systems', () => {
  const { faults, problems } = parseAnnotations(
    '\r\nfault.havock8s.io/a="disk freeze"\r\n\nfault.havock8s.io/b="disk readonly"\n',
  );
  assert.deepEqual(
    faults.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.deepEqual(problems, []);
});

interface Bad {
  readonly title: string;
  readonly text: string;
  readonly code: string;
  readonly faults: readonly (readonly [string, string | null])[];
}

const bad: readonly Bad[] = [
  { title: 'a line that is not a pair', text: 'what is this', code: 'bad-line', faults: [] },
  { title: 'a line without a key', text: '="disk freeze"', code: 'bad-line', faults: [] },
  { title: 'a key that was cut off', text: 'fault.havock8s.io/slow', code: 'bad-line', faults: [] },
  {
    title: 'a value that was cut off',
    text: 'fault.havock8s.io/x="disk fre',
    code: 'bad-value',
    faults: [['x', null]],
  },
  {
    title: 'a value without quotes',
    text: 'fault.havock8s.io/x=disk freeze',
    code: 'bad-value',
    faults: [['x', null]],
  },
  { title: 'a foreign value that was cut off', text: 'other.io/x="y', code: 'bad-value', faults: [] },
  { title: 'a fault without a name', text: 'fault.havock8s.io/="disk freeze"', code: 'bad-name', faults: [] },
  {
    title: 'a fault with a space in its name',
    text: 'fault.havock8s.io/a b="disk freeze"',
    code: 'bad-name',
    faults: [],
  },
  {
    title: 'a fault with a long name',
    text: `fault.havock8s.io/${'a'.repeat(64)}="disk freeze"`,
    code: 'bad-name',
    faults: [],
  },
  {
    title: 'a key that is there twice',
    text: 'fault.havock8s.io/x="disk freeze"\nfault.havock8s.io/x="disk readonly"',
    code: 'key-twice',
    faults: [['x', 'disk readonly']],
  },
];

for (const { title, text, code, faults } of bad) {
  test(`parseAnnotations() reports ${title} and keeps the lines around it`, () => {
    const reading = parseAnnotations(
      `fault.havock8s.io/first="disk freeze"\n${text}\nfault.havock8s.io/last="disk freeze"`,
    );
    assert.deepEqual(
      reading.problems.map((problem) => problem.code),
      [code],
    );
    const expected = [['first', 'disk freeze'], ...faults, ['last', 'disk freeze']];
    assert.deepEqual(
      reading.faults.map(({ name, sentence }) => [name, sentence]),
      expected,
    );
  });
}

test('parseAnnotations() looks at so many faults and no more', () => {
  const lines = Array.from(
    { length: registryLimits.annotations + 50 },
    (_, index) => `fault.havock8s.io/f${index}="disk freeze"`,
  );
  const { faults, problems } = parseAnnotations(lines.join('\n'));
  assert.equal(faults.length, registryLimits.annotations);
  assert.equal(problems.length, registryLimits.lineProblems);
  assert.ok(problems.every(({ code }) => code === 'too-many-annotations'));
});

test('parseAnnotations() never throws, and never makes a fault out of a line that was cut off', () => {
  const sentence = fc.string({ unit: 'grapheme-ascii' });
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, sentence), { selector: ([key]) => key }),
      fc.nat(),
      (pairs, cut) => {
        const text = pairs
          .map(([key, value]) => `fault.havock8s.io/${key}=${JSON.stringify(value)}`)
          .join('\n');
        const said = new Map(pairs);
        for (const fault of parseAnnotations(text.slice(0, cut % (text.length + 1))).faults) {
          if (fault.sentence !== null) assert.equal(fault.sentence, said.get(fault.name));
        }
      },
    ),
  );
});

test('parseAnnotations() never throws on any bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      (bytes) => void parseAnnotations(Buffer.from(bytes).toString('utf8')),
    ),
  );
});

test('parseAnnotations() repeats nothing of lines that are not about faults: the file may be another than was meant', () => {
  const secret = 'root:$6$secret:19000:0:99999:7:::';
  const { problems } = parseAnnotations(`${secret}\npassword="hunter2\n=x\n`);
  assert.equal(problems.length, 3);
  for (const { message } of problems) assert.doesNotMatch(message, /root|secret|hunter2|password/);
});
