import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { isBuilt } from '../../../dev/cluster/binaries.js';
import { buildBinaries } from '../../../dev/cluster/build-binaries.js';

let folder: string;
const kept = { PATH: process.env['PATH'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'havock8s-build-'));
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
});

afterEach(() => {
  for (const [name, value] of Object.entries(kept))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  rmSync(folder, { recursive: true });
});

/** A `go` that compiles nothing: what is tried here is what becomes of its failures. */
function goIs(script: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'go'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'go'), 0o755);
  process.env['PATH'] = `${bin}${delimiter}${kept.PATH}`;
}

async function buildCoredns(): Promise<string> {
  const said: string[] = [];
  await buildBinaries(new Set(['coredns']), (line) => said.push(line));
  return said.join('\n');
}

/** The packages of the program are `one`, `two` and `three`. */
const version = (name: string): string => `if [ "$1" = env ]; then echo ${name}; exit; fi
if [ "$1" = list ]; then printf 'one\\ntwo\\nthree\\n'; exit; fi`;
const outputFolder = 'while [ "$1" != -o ]; do shift; done';

test('without Go it says that Go is missing', async () => {
  process.env['PATH'] = folder;
  assert.match(await buildCoredns(), /coredns cannot be built: Go is missing: install Go 1\.24 or later/);
});

test('a Go that knows no toolchains is told by its version', async () => {
  goIs(version('go1.19.8'));
  assert.match(await buildCoredns(), /Go 1\.24 or later is needed, and this is go1\.19\.8/);
});

test('a build that fails half-way leaves no program, and shows what the compiler said', async () => {
  goIs(`${version('go1.24.0')}\n${outputFolder}\necho half >"$2/coredns"\necho 'no space left' >&2\nexit 1`);
  assert.match(await buildCoredns(), /go build ended with 1:\nno space left/);
  assert.ok(!isBuilt('coredns'));
  const left = readdirSync(join(folder, 'cache'), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    left.filter((entry) => entry.isFile()).map(({ name }) => name),
    [],
  );
});

test('what is built is there from then on, and is not built again', async () => {
  goIs(`${version('go1.24.0')}\n${outputFolder}\necho whole >"$2/coredns"`);
  assert.match(await buildCoredns(), /^setup: building coredns from Go modules/);
  assert.ok(isBuilt('coredns'));
  assert.equal(await buildCoredns(), '');
});

test('what is compiled is counted, of all packages, and what else the compiler says is not a package', async () => {
  goIs(
    `${version('go1.24.0')}\nprintf 'go: a note\\ntwo\\nthree\\n' >&2\n${outputFolder}\necho whole >"$2/coredns"`,
  );
  assert.match(await buildCoredns(), /^setup: built coredns: 2 of 3 packages compiled, three, \d+ s$/m);
});

test('where the packages cannot be listed it says what Go said', async () => {
  goIs(`if [ "$1" = env ]; then echo go1.24.0; exit; fi\necho 'no such module' >&2\nexit 1`);
  assert.match(await buildCoredns(), /coredns cannot be built: go list ended with 1:\nno such module/);
});
