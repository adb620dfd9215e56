/** Each database over TLS: who is trusted, and who is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer } from 'node:tls';
import { serialize } from 'bson';
import { issueAuthority, issueLeaf } from '../../../../../../certs/issue.js';
import type { Pair } from '../../../../../../certs/read-pair.js';
import type { RoleDatabaseKind } from '../../../../../../experiment/file/role.js';
import type { Trust } from '../../../../../../experiment/worlds/kubernetes/roles/ask/address.js';
import { messageOf } from '../../../../../../experiment/worlds/kubernetes/roles/ask/mongodb-wire.js';
import { needs } from '../../../../../needs.js';
import { giveTo, plainUser } from '../../../../../sidecar/mounted/databases/plain-user.js';
import { Postgres } from '../../../../../sidecar/mounted/databases/postgres.js';
import { succeed } from '../../../../../sidecar/mounted/databases/run-program.js';
import { freePort, portOf } from '../../../../../sidecar/network/ports.js';
import { MariadbServer } from '../../../../ledger/mariadb-server.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { RedisServer } from '../../../../ledger/redis-server.js';
import { started } from '../../../../probes/started.js';
import { askedPod, whyOf } from './asked.js';

const lifetimes = { authorityMs: 86_400_000, leafMs: 86_400_000 };
const nowMs = Date.now();
const serverName = 'db.shop.svc';

interface Files {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Of a client, its own authority: a leaf of the webhook's is for servers alone. */
async function selfSigned(folder: string): Promise<NonNullable<Trust['client']>> {
  const [cert, key] = [join(folder, 'client.pem'), join(folder, 'client-key.pem')];
  const use = ['-subj', '/CN=havock8s', '-addext', 'extendedKeyUsage=clientAuth', '-days', '2'];
  await succeed('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    ...use,
    '-out',
    cert,
    '-keyout',
    key,
  ]);
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

describe('a database is asked for its role over TLS', {
  skip: needs('root', 'postgres', 'redis', 'mariadb', 'etcd'),
}, () => {
  let folder: string;
  let authority: Pair;
  let stranger: Pair;
  let leaf: Pair;
  let files: Files;
  const closing: (() => unknown)[] = [];

  before(async () => {
    folder = reachableFolder();
    authority = await issueAuthority(nowMs, lifetimes);
    stranger = await issueAuthority(nowMs, lifetimes);
    leaf = await issueLeaf(nowMs, lifetimes, { authority, names: [serverName] });
    files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    writeFileSync(files.ca, authority.certificatePem);
    writeFileSync(files.cert, leaf.certificatePem);
    writeFileSync(files.key, leaf.keyPem, { mode: 0o600 });
  });
  after(async () => {
    for (const close of closing.toReversed()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The five of them, each trusted rightly and wrongly. */
  async function judged(kind: RoleDatabaseKind, port: number, user: string | null): Promise<void> {
    const ask = async (trust: Partial<Trust>): Promise<string> => {
      const tls = {
        ca: authority.certificatePem,
        client: null,
        serverName,
        insecureSkipVerify: false,
        ...trust,
      };
      const role = await askedPod('db-0', port, { kind, at: { user, tls } });
      return role.kind === 'unknown' ? whyOf(role) : role.kind;
    };
    assert.equal(await ask({}), 'primary');
    assert.equal(await ask({ serverName: null }), 'primary');
    assert.match(await ask({ serverName: 'other.shop.svc' }), /other\.shop\.svc|altnames/i);
    assert.match(await ask({ ca: stranger.certificatePem }), /self.signed|unable to verify|unable to get/i);
    assert.equal(
      await ask({ ca: stranger.certificatePem, serverName: null, insecureSkipVerify: true }),
      'primary',
    );
  }

  test('PostgreSQL', async () => {
    const port = await freePort();
    const key = join(folder, 'postgres-key.pem');
    writeFileSync(key, leaf.keyPem, { mode: 0o600 });
    giveTo(plainUser(), key);
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'ssl=on',
      `ssl_cert_file=${files.cert}`,
      `ssl_key_file=${key}`,
    ];
    const postgres = await Postgres.create(folder, settings);
    closing.push(() => postgres.close());
    await judged('postgres', port, 'app');
  });

  test('MariaDB', async () => {
    const server = await MariadbServer.create(join(folder, 'mariadb'));
    closing.push(() => server.kill());
    await server.start([`--ssl-ca=${files.ca}`, `--ssl-cert=${files.cert}`, `--ssl-key=${files.key}`]);
    await judged('mysql', server.port, 'root');
  });

  test('Redis, and one that wants a certificate of its clients', async () => {
    const port = await freePort();
    const client = await selfSigned(folder);
    const trusted = join(folder, 'redis-ca.pem');
    writeFileSync(trusted, `${authority.certificatePem}\n${client.cert}`);
    const server = ['--tls-cert-file', files.cert, '--tls-key-file', files.key];
    const words = ['--tls-port', `${port}`, '--tls-ca-cert-file', trusted, ...server];
    const redis = await RedisServer.start(join(folder, 'redis'), [...words, '--tls-auth-clients', 'no']);
    closing.push(() => redis.kill());
    await judged('redis', port, null);
    await redis.command('config', 'set', 'tls-auth-clients', 'yes');
    const trust: Trust = {
      ca: authority.certificatePem,
      client: null,
      serverName,
      insecureSkipVerify: false,
    };
    const refused = await askedPod('db-0', port, { kind: 'redis', at: { tls: trust } });
    assert.equal(refused.kind, 'unknown');
    const known = await askedPod('db-0', port, { kind: 'redis', at: { tls: { ...trust, client } } });
    assert.equal(known.kind, 'primary', whyOf(known));
  });

  test('etcd', async (t) => {
    const { url } = await started(t, (data, port, peer) => [
      'etcd',
      ...['--data-dir', join(data, 'etcd'), '--log-level', 'fatal'],
      ...[
        '--listen-client-urls',
        `https://127.0.0.1:${port}`,
        '--advertise-client-urls',
        `https://127.0.0.1:${port}`,
      ],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
      ],
      ...[
        '--initial-cluster',
        `default=http://127.0.0.1:${peer}`,
        '--cert-file',
        files.cert,
        '--key-file',
        files.key,
      ],
    ]);
    await judged('etcd', Number(new URL(url).port), null);
  });

  test('MongoDB', async () => {
    const answer = messageOf(serialize({ ok: 1, isWritablePrimary: true }));
    const server = createServer({ cert: leaf.certificatePem, key: leaf.keyPem }, (socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(answer));
    }).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => undefined);
    await once(server, 'listening');
    closing.push(() => server.close());
    await judged('mongodb', portOf(server), null);
  });
});
