import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { before, test } from 'node:test';
import { connect } from 'node:tls';
import { issueAuthority, issueLeaf } from '../../certs/issue.js';
import { lifetimes } from '../../certs/limits.js';
import { isIssuedBy, type Pair } from '../../certs/read-pair.js';
import { serviceNames } from '../../certs/secret-certificates.js';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const nowMs = Math.floor(Date.now() / 1000) * 1000;
const names = serviceNames('webhook', 'system');
let authority: Pair;
let leaf: Pair;

before(async () => {
  authority = await issueAuthority(nowMs, lifetimes);
  leaf = await issueLeaf(nowMs, lifetimes, { authority, names });
});

test('a leaf lives 30 days and its authority a year, both from an hour ago', () => {
  assert.equal(leaf.notBeforeMs, nowMs - hourMs);
  assert.equal(leaf.notAfterMs, nowMs + 30 * dayMs);
  assert.equal(authority.notBeforeMs, nowMs - hourMs);
  assert.equal(authority.notAfterMs, nowMs + 365 * dayMs);
});

test('a leaf never outlives its authority', async () => {
  const late = await issueLeaf(authority.notAfterMs - dayMs, lifetimes, { authority, names });
  assert.equal(late.notAfterMs, authority.notAfterMs);
});

test('a leaf is for servers of the names of the Service, and can sign nothing', () => {
  const { certificate } = leaf;
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(
    certificate.subjectAltName,
    'DNS:webhook.system.svc, DNS:webhook.system.svc.cluster.local, DNS:webhook.system',
  );
  assert.ok(isIssuedBy(certificate, authority.certificate));
});

test('an authority signs itself, and no two have the same name or serial', async () => {
  const other = await issueAuthority(nowMs, lifetimes);
  assert.ok(authority.certificate.ca);
  assert.ok(isIssuedBy(authority.certificate, authority.certificate));
  assert.notEqual(other.certificate.subject, authority.certificate.subject);
  assert.ok(!isIssuedBy(leaf.certificate, other.certificate));
  const serials = [authority, other, leaf].map(({ certificate }) => certificate.serialNumber);
  assert.equal(new Set(serials).size, 3);
  for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
});

test('the usages of the keys are those of RFC 5280, as OpenSSL reads them', () => {
  // keyUsage is 2.5.29.15: critical, then the bits; digitalSignature and keyEncipherment, keyCertSign and cRLSign.
  assert.ok(leaf.certificate.raw.includes(Buffer.from('0603551d0f0101ff0404030205a0', 'hex')));
  assert.ok(authority.certificate.raw.includes(Buffer.from('0603551d0f0101ff040403020106', 'hex')));
  assert.ok(authority.certificate.raw.includes(Buffer.from('0603551d130101ff040830060101ff020100', 'hex')));
});

test('a real handshake verifies it under each of its names, and under no other authority or name', async () => {
  const server = createServer({ cert: leaf.certificatePem, key: leaf.keyPem }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shake = async (ca: string, servername: string): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca });
    const outcome = await new Promise<string>((resolve) => {
      socket.on('secureConnect', () => resolve('verified'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    });
    socket.destroy();
    return outcome;
  };
  try {
    for (const name of names) assert.equal(await shake(authority.certificatePem, name), 'verified');
    const other = await issueAuthority(nowMs, lifetimes);
    const both = other.certificatePem + authority.certificatePem;
    assert.equal(await shake(both, 'webhook.system.svc'), 'verified');
    assert.notEqual(await shake(other.certificatePem, 'webhook.system.svc'), 'verified');
    assert.equal(await shake(authority.certificatePem, 'else.system.svc'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  } finally {
    server.close();
    await once(server, 'close');
  }
});

test('the event loop is free while keys are made and certificates signed', async (t) => {
  const busyPart = async (work: () => unknown): Promise<{ part: number; busyMs: number; tookMs: number }> => {
    const [startMs, start] = [performance.now(), performance.eventLoopUtilization()];
    await work();
    await new Promise((next) => setImmediate(next));
    const busyMs = performance.eventLoopUtilization(start).active;
    const tookMs = performance.now() - startMs;
    return { part: busyMs / tookMs, busyMs, tookMs };
  };
  const away = await busyPart(async () => {
    const made = await issueAuthority(nowMs, lifetimes);
    await issueLeaf(nowMs, lifetimes, { authority: made, names });
  });
  const here = await busyPart(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const ms = (value: number): string => value.toFixed(1);
  t.diagnostic(`busy for ${ms(away.busyMs)} of ${ms(away.tookMs)} ms; one key made here: ${ms(here.busyMs)}`);
  assert.ok(away.part < 0.3, `busy ${ms(away.busyMs)} of ${ms(away.tookMs)} ms`);
  assert.ok(here.part > 0.7, 'which this measure would have told');
});

test('what is stored is what OpenSSL reads again', () => {
  assert.equal(new X509Certificate(leaf.certificatePem).toString(), leaf.certificatePem);
});
