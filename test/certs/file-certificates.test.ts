import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Bundle } from '../../certs/bundle.js';
import { FileCertificates } from '../../certs/file-certificates.js';
import { issueAuthority, issueLeaf } from '../../certs/issue.js';
import { certificateLimits, lifetimes } from '../../certs/limits.js';
import type { Pair } from '../../certs/read-pair.js';
import { ManualClock } from '../core/manual-clock.js';
import { until } from '../sidecar/mounted/until.js';

const dayMs = 24 * 60 * 60 * 1000;
let first: Pair;
let second: Pair;

before(async () => {
  const authority = await issueAuthority(Date.now(), lifetimes);
  first = await issueLeaf(Date.now(), lifetimes, { authority, names: ['one.svc'] });
  second = await issueLeaf(Date.now(), lifetimes, { authority, names: ['one.svc'] });
});

function opened(t: TestContext, clock = new ManualClock()) {
  const root = mkdtempSync(join(tmpdir(), 'havock8s-certificates-'));
  const directory = join(root, 'tls');
  const codes: string[] = [];
  const bundles: Bundle[] = [];
  const open = (): FileCertificates => {
    const log = pino({}, { write: (line: string) => void codes.push(JSON.parse(line).code) });
    const certificates = new FileCertificates({ directory, clock, log });
    certificates.onBundle((bundle) => bundles.push(bundle));
    t.after(() => certificates.close());
    return certificates;
  };
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return { directory, codes, bundles, open, clock };
}

function write(
  directory: string,
  { certificatePem, keyPem }: { certificatePem: string; keyPem: string },
): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'tls.crt'), certificatePem);
  writeFileSync(join(directory, 'tls.key'), keyPem);
}

/** As the kubelet does: a directory of each version, and a link that is renamed over the last one. */
function publish(directory: string, version: string, pair: Pair): void {
  write(join(directory, `..${version}`), pair);
  symlinkSync(`..${version}`, join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
}

/** Lets the pause after an event pass; by the clock that is passed in, since the event itself is the kernel's. */
const change = async (clock: ManualClock): Promise<void> => {
  await clock.timer(certificateLimits.debounceMs);
  clock.advance(certificateLimits.debounceMs);
};

test('a pair of files is served with, and the next one when both were written', async (t) => {
  const { directory, bundles, open, clock } = opened(t);
  write(directory, first);
  await open().ready;
  assert.equal(bundles[0]?.certificatePem, first.certificatePem);
  assert.equal(bundles[0]?.notAfterMs, first.notAfterMs);
  await clock.timer(certificateLimits.pollMs);
  write(directory, second);
  await change(clock);
  await until(() => bundles.length === 2);
  assert.equal(bundles[1]?.keyPem, second.keyPem);
});

test('a mounted Secret is followed through its ..data link', async (t) => {
  const { directory, bundles, open, clock } = opened(t);
  mkdirSync(directory);
  publish(directory, 'one', first);
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(directory, name));
  await open().ready;
  await clock.timer(certificateLimits.pollMs);
  publish(directory, 'two', second);
  await change(clock);
  await until(() => bundles.length === 2);
  assert.equal(bundles[1]?.certificatePem, second.certificatePem);
});

const halves: Readonly<Record<string, () => { certificatePem: string; keyPem: string }>> = {
  'key-of-another': () => ({ certificatePem: second.certificatePem, keyPem: first.keyPem }),
  absent: () => ({ certificatePem: second.certificatePem, keyPem: '' }),
  'not-a-certificate': () => ({ certificatePem: second.certificatePem.slice(0, 100), keyPem: second.keyPem }),
  'not-a-key': () => ({ certificatePem: second.certificatePem, keyPem: second.keyPem.slice(0, 100) }),
  absent_because_too_large: () => ({
    certificatePem: 'x'.repeat(certificateLimits.pemBytes + 1),
    keyPem: '',
  }),
};
for (const [problem, half] of Object.entries(halves)) {
  test(`files with ${problem.replaceAll('_', ' ')} are passed over, and what was served before still is`, async (t) => {
    const { directory, bundles, codes, open, clock } = opened(t);
    write(directory, first);
    await open().ready;
    await clock.timer(certificateLimits.pollMs);
    write(directory, half());
    await change(clock);
    await until(() => codes.includes(`certificates.${problem.split('_')[0]}`));
    write(directory, second);
    await change(clock);
    await until(() => bundles.length === 2);
    assert.equal(bundles[1]?.certificatePem, second.certificatePem);
  });
}

test('a directory that comes later is found', async (t) => {
  const { directory, bundles, open, clock } = opened(t);
  const certificates = open();
  await clock.timer(certificateLimits.pollMs);
  assert.deepEqual(bundles, []);
  write(directory, first);
  clock.advance(certificateLimits.pollMs);
  await certificates.ready;
});

test('an expired certificate is not served with', async (t) => {
  const { directory, bundles, codes, open } = opened(t, new ManualClock(Date.now() + 31 * dayMs));
  write(directory, first);
  open();
  await until(() => codes.includes('certificates.expired'));
  assert.deepEqual(bundles, []);
});

test('closed before there was anything, it says so to whoever waits, and leaves no timer', async (t) => {
  const { open, clock } = opened(t);
  const certificates = open();
  await certificates.close();
  await assert.rejects(certificates.ready, { code: 'certificates.stopped' });
  assert.equal(clock.nextInMs(), Number.POSITIVE_INFINITY);
});
