import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { memoryLimit } from '../../../sidecar/linux/memory-limit.js';

const first = (bytes: string): string =>
  `cache 4096\nrss 0\nhierarchical_memory_limit ${bytes}\nhierarchical_memsw_limit 9\n`;

/** Files below /sys/fs/cgroup, the lines of /proc/self/cgroup, and the limit in bytes. */
const machines: readonly {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly own: string;
  readonly limit: number | null;
}[] = [
  {
    title: 'version 2, bounded by the cgroup itself',
    files: { 'a/b/memory.max': '1000\n', 'a/memory.max': '2000\n' },
    own: '0::/a/b\n',
    limit: 1000,
  },
  {
    title: 'version 2, bounded by one above',
    files: { 'a/b/memory.max': 'max\n', 'a/memory.max': '2000\n' },
    own: '0::/a/b\n',
    limit: 2000,
  },
  { title: 'version 2 without a bound', files: { 'a/memory.max': 'max\n' }, own: '0::/a\n', limit: null },
  {
    title: 'version 2 in a container that sees its own cgroup as the root',
    files: { 'memory.max': '3000\n' },
    own: '0::/\n',
    limit: 3000,
  },
  {
    title: 'version 1',
    files: { 'memory/a/memory.stat': first('4000'), 'memory/memory.stat': first('9223372036854771712') },
    own: '5:cpu,memory:/a\n0::/\n',
    limit: 4000,
  },
  {
    title: 'version 1 in a container that does not see the folder its cgroup is called by',
    files: { 'memory/memory.stat': first('5000') },
    own: '5:memory:/kubepods/pod1/c1\n',
    limit: 5000,
  },
  {
    title: 'version 1 without a bound',
    files: { 'memory/memory.stat': first('9223372036854771712') },
    own: '5:memory:/\n',
    limit: null,
  },
  { title: 'no cgroups', files: {}, own: '', limit: null },
];

for (const { title, files, own, limit } of machines) {
  test(`the memory of a process is known: ${title}`, (t) => {
    const root = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
    t.after(() => rmSync(root, { recursive: true }));
    for (const [path, text] of Object.entries({ ...files, own })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    assert.equal(memoryLimit(root, join(root, 'own')), limit);
  });
}

test('of this very process it is a number of bytes, or none', () => {
  const limit = memoryLimit();
  assert.ok(limit === null || limit > 2 ** 24, String(limit));
});
