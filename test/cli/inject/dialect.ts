/** Manifests that kubectl reads though YAML's specification is stricter, or silent; each a ConfigMap's data. */
const configMap = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dialect\ndata:\n${data}`;

export const dialect: Readonly<Record<string, string>> = {
  'a single-quoted text that goes on in the column of its key': configMap(
    "  note: 'a text that goes on\n  in the next line'\n",
  ),
  'a double-quoted text that goes on left of its key': configMap('  note: "a text\n goes\n\n on"\n  b: c\n'),
  'a double-quoted text broken by a backslash': configMap('  note: "a \\\n  b"\n'),
  'a quoted text in a list that goes on below the dash': configMap("  l:\n  - 'a\n  b'\n  - c\n"),
  'a quoted text between brackets that goes on in the first column': configMap("  l: ['a\nb', c]\n"),
  'braces that go on in the first column': configMap('  m: {\na: 1,\nb: {c: 2\n}\n}\n  n: 1\n'),
  'brackets whose plain text goes on left of the key': configMap('  l: [a\n b,\nc]\n'),
  'a comment right behind a quote': configMap('  a: "x"#c\n  b: \'y\'#c\n'),
  'a comment right behind a bracket': configMap('  a: [x]#c\n  b: {y: 1}#c\n'),
  'a key given twice': configMap('  a: x\n  b: y\n  a: z\n'),
  'a key given twice between braces': configMap('  m: {a: x, a: z}\n'),
  'octal numbers of both kinds': configMap('  a: 0o17\n  b: 017\n  c: "0o17"\n  d: -0o7\n'),
  'a tab behind a colon': configMap('  a:\tx\n'),
  'a tag that nobody knows': configMap('  a: !mine x\n'),
};
