/** What each probe says of servers that are well, wrong, silent and away: of real ones. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import type { Measurement } from '../../../experiment/journal/events.js';
import { measure } from '../../../experiment/probes/measure.js';
import { localSecret } from '../../../experiment/secret.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import { needs } from '../../needs.js';
import { postgresBin } from '../../postgres-bin.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort, portOf } from '../../sidecar/network/ports.js';
import { MariadbServer } from '../ledger/mariadb-server.js';
import { started } from './started.js';

/** As a step of an experiment has it. */
async function measured(question: object): Promise<Measurement> {
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'a' },
    spec: { steps: [{ probe: question }] },
  };
  const reading = readExperiment(JSON.stringify(file));
  assert.equal(reading.kind, 'experiment', JSON.stringify(reading));
  const probe = reading.kind === 'experiment' ? reading.experiment.spec.steps[0]?.probe : undefined;
  assert.ok(probe);
  return measure(probe, {
    clock: systemClock,
    signal: new AbortController().signal,
    variables: { FROM_RUN: 'yes' },
    ledger: () => null,
    secret: localSecret,
  });
}

const saidOf = async (question: object): Promise<string> => {
  const { outcome, seen } = await measured(question);
  return `${outcome}: ${seen.replace(/ after \d+ ms/, '')}`;
};

async function served(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${portOf(server)}/`;
}

/** Takes connections, and never says a word. */
async function silentServer(t: TestContext): Promise<number> {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return portOf(server);
}

test('tcp: connected, refused, and no such host', async (t) => {
  const port = await silentServer(t);
  assert.equal(await saidOf({ tcp: { address: `127.0.0.1:${port}` } }), 'Successful: connected');
  assert.match(
    await saidOf({ tcp: { address: `127.0.0.1:${await freePort()}` } }),
    /^Failed: connect ECONNREFUSED/,
  );
  assert.match(await saidOf({ tcp: { address: 'no-such-host.invalid:1' } }), /^Error: getaddrinfo/);
});

test('http: the status decides, or the condition; what it asks for and is not there is unclear', async (t) => {
  const url = await served(t, ({ url: path, headers }, response) => {
    response.statusCode = path === '/broken' ? 503 : 200;
    response.setHeader('x-token', headers.authorization ?? 'none');
    response.end('{"primary": true, "lag": 7}');
  });
  const http = { url };
  assert.equal(await saidOf({ http }), 'Successful: status 200');
  assert.equal(
    await saidOf({ http: { url: `${url}broken` } }),
    'Failed: status 503, against status >= 200 && status < 400',
  );
  assert.equal(
    await saidOf({ http, condition: 'json.primary && json.lag < 10.0' }),
    'Successful: status 200',
  );
  assert.equal(await saidOf({ http, condition: 'json.lag < 5' }), 'Failed: status 200, against json.lag < 5');
  assert.equal(
    await saidOf({ http, condition: 'json.missing == 1' }),
    'Inconclusive: status 200: No such key: missing',
  );
  assert.equal(await saidOf({ http, condition: 'latency < 0' }), 'Failed: status 200, against latency < 0');
  t.after(() => delete process.env['PROBE_TOKEN']);
  process.env['PROBE_TOKEN'] = 'abc';
  const bearer = {
    http: { url, bearerTokenFrom: { env: 'PROBE_TOKEN' } },
    condition: 'headers["x-token"] == "Bearer abc"',
  };
  assert.match(await saidOf(bearer), /^Successful/);
  const missing = await saidOf({ http: { url, bearerTokenFrom: { env: 'PROBE_NO_TOKEN' } } });
  assert.equal(missing, 'Error: the variable PROBE_NO_TOKEN is not set');
});

test('a server that is silent has failed when the timeout is over, and not later', async (t) => {
  const port = await silentServer(t);
  const { outcome, seen, tookMs } = await measured({
    http: { url: `http://127.0.0.1:${port}/` },
    timeout: '150ms',
  });
  assert.equal(`${outcome}: ${seen}`, 'Failed: no answer within 150 ms');
  assert.ok(tookMs >= 140 && tookMs < 5000, `${tookMs} ms`);
});

test('exec: the exit code decides; variables of the run are there; nothing is left of it', async () => {
  const sh = (script: string) => ({ exec: { command: ['sh', '-c', script] } });
  assert.equal(await saidOf(sh('echo fine')), 'Successful: exit code 0: fine');
  assert.equal(await saidOf(sh('echo bad >&2; exit 3')), 'Failed: exit code 3: bad, against exitCode == 0');
  assert.equal(
    await saidOf({ ...sh('echo $FROM_RUN'), condition: 'stdout == "yes\\n"' }),
    'Successful: exit code 0: yes',
  );
  assert.match(await saidOf({ exec: { command: ['/no/such/program'] } }), /^Error: spawn .*ENOENT/);
  const mark = `${process.pid}.7`;
  const hangs = { ...sh(`sleep 100${mark} & sleep 100${mark}`), timeout: '200ms' };
  assert.equal(await saidOf(hangs), 'Failed: no answer within 200 ms');
  await until(() => !commandLines().some((line) => line.includes(`100${mark}`) && line.startsWith('sleep')));
});

function commandLines(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'latin1')] : [];
    } catch {
      return [];
    }
  });
}

test('redis: an answer, a refusal, and away', { skip: needs('redis') }, async (t) => {
  const { url, kill } = await started(t, (_, port) => ['redis-server', '--port', String(port), '--save', '']);
  const redis = { url: url.replace('http', 'redis') };
  assert.equal(await saidOf({ redis }), 'Successful: answer PONG');
  const counted = { redis: { ...redis, command: ['INCR', 'n'] }, condition: 'value == 1' };
  assert.equal(await saidOf(counted), 'Successful: answer 1');
  assert.equal(await saidOf(counted), 'Failed: answer 2, against value == 1');
  assert.match(await saidOf({ redis: { ...redis, command: ['NOSUCH'] } }), /^Failed: ERR unknown command/);
  await kill();
  assert.match(await saidOf({ redis }), /^Failed: connect ECONNREFUSED/);
  const silent = { redis: { url: `redis://127.0.0.1:${await silentServer(t)}` }, timeout: '100ms' };
  assert.equal(await saidOf(silent), 'Failed: no answer within 100 ms');
});

test('postgres: the value of a query, a refusal, and away', {
  skip: needs('postgres', 'root', 'setpriv'),
}, async (t) => {
  const bin = postgresBin() ?? '';
  const { url, kill } = await started(t, (folder, port) => {
    chownSync(folder, 65_534, 65_534);
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
    const how = '--username app --auth scram-sha-256 --pwfile password --no-sync';
    const make = `echo secret >password && ${bin}/initdb --pgdata db ${how} >/dev/null`;
    return [...nobody, 'sh', '-c', `${make} && exec ${bin}/postgres -D db -p ${port} -k '' -F`];
  });
  const at = `${url.replace('http', 'postgres').replace('//', '//app@')}/postgres`;
  const [variable, wrong] = ['PROBE_PASSWORD', 'PROBE_WRONG_PASSWORD'];
  t.after(() => {
    delete process.env[variable];
    delete process.env[wrong];
  });
  process.env[variable] = 'secret';
  process.env[wrong] = 'terces';
  const postgres = { url: at, passwordFrom: { env: variable } };
  await until(async () => (await measured({ postgres })).outcome === 'Successful');
  assert.equal(await saidOf({ postgres }), 'Successful: answer 1');
  const big = { postgres: { ...postgres, query: 'select 5000000000::bigint as n' }, condition: 'value > 4' };
  assert.equal(await saidOf(big), 'Successful: answer 5000000000');
  const rows = {
    postgres: { ...postgres, query: 'select * from generate_series(1, 3) n' },
    condition: 'size(rows) == 3',
  };
  assert.match(await saidOf(rows), /^Successful/);
  assert.equal(
    await saidOf({ postgres: { ...postgres, query: 'select no_such' } }),
    'Failed: 42703: column "no_such" does not exist',
  );
  const refused = await saidOf({ postgres: { ...postgres, passwordFrom: { env: wrong } } });
  assert.match(refused, /^Failed: 28P01: password authentication failed/);
  await kill();
  assert.match(await saidOf({ postgres }), /^Failed: connect ECONNREFUSED/);
});

test('mysql: the value of a query of MariaDB, a refusal, and away', {
  skip: needs('mariadb', 'root'),
}, async (t) => {
  const server = await MariadbServer.create(join(temporaryFolders(t), 'db'));
  t.after(() => server.kill());
  await server.start();
  const mysql = { url: server.url };
  assert.equal(await saidOf({ mysql }), 'Successful: answer 1');
  const big = { mysql: { ...mysql, query: 'select 5000000000 as n' }, condition: 'value > 4' };
  assert.equal(await saidOf(big), 'Successful: answer 5000000000');
  assert.match(
    await saidOf({ mysql: { ...mysql, query: 'select no_such' } }),
    /^Failed: 42S22: Unknown column/,
  );
  await server.kill();
  assert.match(await saidOf({ mysql }), /^Failed: connect ECONNREFUSED/);
  const silent = { mysql: { url: `mysql://root@127.0.0.1:${await silentServer(t)}/app` }, timeout: '100ms' };
  assert.equal(await saidOf(silent), 'Failed: no answer within 100 ms');
});

test('etcd: a read that goes through the quorum; away is failed', { skip: needs('etcd') }, async (t) => {
  const { url, kill } = await started(t, (folder, port, peer) => [
    'etcd',
    ...['--data-dir', join(folder, 'data'), '--logger', 'zap', '--log-level', 'error'],
    ...[
      '--listen-client-urls',
      `http://127.0.0.1:${port}`,
      '--advertise-client-urls',
      `http://127.0.0.1:${port}`,
    ],
    ...[
      '--listen-peer-urls',
      `http://127.0.0.1:${peer}`,
      '--initial-advertise-peer-urls',
      `http://127.0.0.1:${peer}`,
    ],
    ...['--initial-cluster', `default=http://127.0.0.1:${peer}`],
  ]);
  await until(async () => (await measured({ etcd: { url } })).outcome === 'Successful');
  assert.match(
    await saidOf({ etcd: { url }, condition: 'value == null && revision > 0' }),
    /^Successful: a read through the quorum, at revision 1/,
  );
  await kill();
  assert.match(await saidOf({ etcd: { url } }), /^Failed: connect ECONNREFUSED/);
});

test('prometheus: one number; everything else has a name of its own, and none is a pass', {
  skip: needs('prometheus'),
}, async (t) => {
  const { url, kill } = await started(t, (folder, port) => {
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
    return [
      'prometheus',
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
    ];
  });
  const of = (query: string, condition = 'value > 0') => saidOf({ prometheus: { url, query }, condition });
  await until(async () => (await of('1')) === 'Successful: value 1');
  assert.equal(await of('vector(3)'), 'Successful: value 3');
  assert.equal(await of('vector(3)', 'value < 3'), 'Failed: value 3, against value < 3');
  assert.equal(await of('no_such_metric'), 'Inconclusive: the query gives no series');
  assert.equal(await of('vector(0) / 0'), 'Inconclusive: the value is NaN');
  assert.equal(await of('vector(1) / 0'), 'Inconclusive: the value is +Inf');
  assert.equal(
    await of('label_replace(vector(1), "a", "b", "", "") or vector(2)'),
    'Inconclusive: the query gives 2 series; expected one',
  );
  assert.match(await of('sum('), /^Error: Prometheus answered 400: .*parse error/);
  await kill();
  assert.match(await of('1'), /^Error: Prometheus: connect ECONNREFUSED/);
  const silent = {
    prometheus: { url: `http://127.0.0.1:${await silentServer(t)}/`, query: '1' },
    timeout: '100ms',
  };
  assert.equal(await saidOf(silent), 'Error: Prometheus did not answer within 100 ms');
});

test('alertmanager: an alert that fires is a failure; who does not answer has said nothing', {
  skip: needs('prometheus'),
}, async (t) => {
  const { url, kill } = await started(t, (folder, port) => {
    writeFileSync(join(folder, 'am.yml'), 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
    return [
      'prometheus-alertmanager',
      '--config.file=am.yml',
      '--storage.path=data',
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${port}`,
    ];
  });
  await until(async () => (await saidOf({ alertmanager: { url } })) === 'Successful: no alert fires');
  const sent = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels: { alertname: 'DatabaseDown', severity: 'page' } }]),
  });
  assert.equal(sent.status, 200);
  await until(
    async () =>
      (await saidOf({ alertmanager: { url } })) === 'Failed: 1 firing: DatabaseDown, against firing == 0',
  );
  assert.equal(
    await saidOf({ alertmanager: { url, filter: ['severity="info"'] } }),
    'Successful: no alert fires',
  );
  await kill();
  assert.match(await saidOf({ alertmanager: { url } }), /^Error: Alertmanager: connect ECONNREFUSED/);
});

test('a server that ends the connection in place of an answer has failed: it was asked, and did not answer', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume().end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const at = `127.0.0.1:${portOf(server)}`;
  for (const question of [
    { postgres: { url: `postgres://app@${at}/app` } },
    { mysql: { url: `mysql://app@${at}/app` } },
    { redis: { url: `redis://${at}` } },
    { etcd: { url: `http://${at}` } },
    { http: { url: `http://${at}/` } },
  ])
    assert.match(await saidOf(question), /^Failed: /, JSON.stringify(question));
});
