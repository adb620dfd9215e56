/** docs/operate/troubleshooting.md against the doctor: neither knows a check that the other does not. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ControlClient } from '../../../cli/client/control-client.js';
import { clockBounds } from '../../../cli/doctor/cluster/clocks.js';
import { clusterChecks } from '../../../cli/doctor/cluster/cluster-checks.js';
import { doctorLimits } from '../../../cli/doctor/doctor-limits.js';
import { machineChecks, podChecks } from '../../../cli/doctor/local-checks.js';
import { sidecar } from '../../../core/pod-layout.js';
import { podPaths } from '../../../sidecar/supervise/pod/pod-paths.js';
import { rulePriority } from '../../../sidecar/tcp/netfilter/marks.js';
import { table } from '../../../sidecar/tcp/netfilter/table.js';

const file = 'docs/operate/troubleshooting.md';
const guide = readFileSync(file, 'utf8');
/** Nobody listens at the port: the names are all that is wanted. */
const client = new ControlClient(new URL('http://127.0.0.1:1'));
const ofPods = Object.values(sidecar)
  .flatMap((container) => podChecks({ container, paths: podPaths('/nowhere') }, client))
  .map(({ name }) => name);
const headings = [...guide.matchAll(/^## (.+)$/gm)].map(([, text = '']) => text);
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

test('every check has its place in the last table, and no other', () => {
  const [, last = ''] = guide.split('## What doctor looks at');
  const rows = [...last.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/[\w-]+/g) ?? [],
  );
  const known = [
    ...machineChecks(client).map(({ name }) => name),
    ...ofPods,
    ...clusterChecks.map(({ name }) => name),
  ];
  assert.deepEqual([...new Set(rows)].toSorted(), [...new Set(known)].toSorted());
});

test('every link leads somewhere, within the page and out of it', () => {
  for (const [, link = ''] of guide.matchAll(/\]\(#([^)]+)\)/g))
    assert.ok(
      headings.some((heading) => anchor(heading) === link),
      link,
    );
  for (const [, link = ''] of guide.matchAll(/\]\(([^)#]+)[^)]*\)/g))
    assert.ok(existsSync(join(dirname(file), link)), link);
});

test('what findings refer to is a heading', () => {
  for (const heading of ['A sidecar does not start', 'A fault is armed and never hits'])
    assert.ok(headings.includes(heading), heading);
});

test('bounds and names are those of the program', () => {
  const said = [
    `for ${doctorLimits.mountMs / 1000} s`,
    `warns from ${clockBounds.warningMs / 1000}, and calls ${clockBounds.brokenMs / 1000} broken`,
    `nft delete table ${table}; ip rule del priority ${rulePriority}`,
    'at most 5,000 pods',
  ];
  for (const text of said) assert.ok(guide.includes(text), text);
  assert.equal(doctorLimits.objects, 5000);
});
