import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clusterAtHand, needsCluster } from '../cluster-at-hand.js';

const main = fileURLToPath(new URL('../../../dev/demo/main.js', import.meta.url));
const skip = needsCluster('own');
const folder = mkdtempSync(join(tmpdir(), 'demo-environment-'));

after(() => rmSync(folder, { recursive: true, force: true }));

interface Played {
  readonly code: number | null;
  readonly told: string;
}

/** On the cluster at hand. `interruptAt`: a line at which it gets SIGINT, it alone. */
async function play(svg: string, interruptAt?: RegExp): Promise<Played> {
  const demo = spawn(process.execPath, ['--enable-source-maps', main, '--quick', '--svg', svg], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(demo, 'exit');
  let errors = '';
  demo.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: demo.stdout })) {
      lines.push(line);
      if (interruptAt?.test(line)) demo.kill('SIGINT');
    }
    const [code] = (await exit) as [number | null];
    return { code, told: [...lines, errors].join('\n') };
  } finally {
    demo.kill('SIGKILL');
  }
}

test('the demo on a cluster loses no acknowledged row, proves each fault, and leaves nothing', {
  skip,
}, async (t) => {
  const svg = join(folder, 'demo.svg');
  const { code, told } = await play(svg);
  assert.equal(code, 0, told);
  t.diagnostic(told.split('\n').slice(-16).join('\n'));
  assert.match(told, /denied the request: .*column 6: "latensy" is not an effect; did you mean "latency"\?/);
  assert.match(told, /freeze +\$ kubectl annotate pod pg-0 .*'disk freeze for 4s'\n.* hit [\d,]+ of/);
  assert.match(told, /dropped [\d,]+ packets; replica .* behind, level in/);
  assert.match(told, /pod gone in [\d.]+ s \(grace 5 s\), Ready on the same volume after/);
  assert.match(told, /Nothing that was acknowledged is gone\./);
  assert.equal(told.match(/lost +0\n/g)?.length, 2, 'on both');
  assertPicture(readFileSync(svg, 'utf8'));
  await assertNothingLeft();
});

test('Ctrl-C ends the demo and leaves nothing', { skip }, async () => {
  const { code, told } = await play(join(folder, 'none.svg'), /eight clients/);
  assert.equal(code, 130, told);
  await assertNothingLeft();
});

function assertPicture(svg: string): void {
  const open: string[] = [];
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (self) continue;
    if (close) assert.equal(open.pop(), name);
    else open.push(name);
  }
  assert.deepEqual(open, []);
  assert.match(svg, /^<svg [\s\S]*<\/svg>\n$/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
}

async function assertNothingLeft(): Promise<void> {
  const { kubectl } = clusterAtHand();
  const shown = (kind: string): Promise<string> => kubectl.succeed(['get', kind, '--output=name']);
  assert.doesNotMatch(await shown('namespaces'), /^namespace\/shop$/m);
  assert.doesNotMatch(await shown('persistentvolumes,storageclasses'), /shop/);
}
