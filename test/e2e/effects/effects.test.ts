import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { faultPrefix } from '../../../core/keys.js';
import { certify } from '../../../dev/cluster/certify.js';
import { needsCluster } from '../cluster-at-hand.js';
import { dataFolder } from '../postgres/postgres-set.js';
import { psql } from '../postgres/psql.js';
import { caughtUp, followers } from '../postgres/replication.js';
import { diskRows, table } from './disk-rows.js';
import { effectForms, writeEffect } from './effect-forms.js';
import { isSound } from './is-sound.js';
import { annotate, type Effect, faultName, listed, playEffect, untilState } from './play-effect.js';
import { container, databases, openSetup, replicas, type Setup } from './setup.js';
import { type Asker, tcpRows, type Way } from './tcp-rows.js';

type End = Pick<Effect, 'environment' | 'pod' | 'inside'> & { readonly asker: Asker; readonly way: Way };

const ends: Readonly<Record<string, (setup: Setup) => End>> = {
  'a client of the pod': ({ environment, client, clientAddress, primary }) => ({
    environment,
    pod: 'pg-0',
    inside: primary,
    asker: { eye: client, host: 'pg-0.pg' },
    way: { opens: `from ${clientAddress}`, answers: `to ${clientAddress}`, both: `with ${clientAddress}` },
  }),
  'what the pod asks of others': ({ environment, replica }) => ({
    environment,
    pod: 'pg-1',
    inside: replica,
    asker: { eye: replica, host: 'pg-2.pg' },
    way: { opens: 'to pg-2', answers: 'from pg-2', both: 'with pg-2' },
  }),
};

test('every effect of the language has its row', () => {
  assert.deepEqual(Object.keys(diskRows).sort(), [...effectForms('disk')].sort());
  assert.deepEqual(Object.keys(tcpRows).sort(), [...effectForms('tcp')].sort());
});

describe('by its annotation alone', { skip: needsCluster() }, () => {
  let setup: Setup;
  let tablePath: string;

  before(async () => {
    setup = await openSetup('effects');
    tablePath = `pgdata/${await psql(setup.environment, 'pg-0', `SELECT pg_relation_filepath('${table}')`)}`;
    for (const pod of databases) await speakTls(setup, pod);
  });

  after(() => setup?.close());

  for (const [form, row] of Object.entries(diskRows))
    test(`disk ${form} reaches the database, and is gone with its annotation`, (t) => {
      const { primary, environment } = setup;
      const { amounts, clauses, look, goesOn, ...rest } = row;
      return playEffect(t, {
        environment,
        pod: 'pg-0',
        inside: primary,
        sentence: `disk ${writeEffect(form, amounts)} ${clauses.replace('{table}', tablePath)} for 5m`,
        look: () => look(primary),
        ...(goesOn !== undefined && { goesOn: () => goesOn(primary) }),
        ...rest,
      });
    });

  for (const [where, endOf] of Object.entries(ends))
    for (const [form, row] of Object.entries(tcpRows))
      test(`tcp ${form} reaches ${where}, and is gone with its annotation`, (t) => {
        const { asker, way, ...at } = endOf(setup);
        const { amounts, look, goesOn, ...rest } = row;
        return playEffect(t, {
          ...at,
          sentence: `tcp ${writeEffect(form, amounts)} ${way[row.way]} for 5m`,
          look: () => look(asker),
          ...(goesOn && { goesOn: () => asker.eye.see({ act: 'finish', on: 'tcp', boundMs: 120_000 }) }),
          ...rest,
        });
      });

  test('tcp corrupt without tls spares who speaks TLS, and says so', async (t) => {
    const { environment, primary, client, clientAddress } = setup;
    const at = { environment, pod: 'pg-0', inside: primary };
    const ask = { act: 'query', on: 'spared', sql: "SELECT repeat('x', 200)" } as const;
    const look = () => client.see({ ...ask, server: { host: 'pg-0.pg', tls: true } });
    assert.equal((await look()).code, 'ok');
    await annotate(at, `${faultPrefix}${faultName}=tcp corrupt 1 bits to ${clientAddress} for 5m`);
    await untilState(at, 'armed');
    const seen = await look();
    const fault = await listed(at);
    await annotate(at, `${faultPrefix}${faultName}-`);
    await untilState(at, 'none');
    t.diagnostic(`it counts ${JSON.stringify(fault?.tallies)}`);
    assert.equal(seen.code, 'ok');
    assert.equal(fault?.tallies.injected, 0);
    assert.ok((fault?.tallies.passed ?? 0) > 0, 'it was never considered');
  });

  test('a partition from a replica by its name stops that one alone, and it catches up when it heals', async (t) => {
    const { environment, primary } = setup;
    const at = { environment, pod: 'pg-0', inside: primary };
    for (const replica of replicas) await caughtUp(environment, 'pg-0', replica);
    await annotate(at, `${faultPrefix}split=tcp partition with pg-1 for 5m`);
    await untilState(at, 'armed', 'split');
    await psql(
      environment,
      'pg-0',
      `INSERT INTO ${table} SELECT id, 'behind' FROM generate_series(1, 5000) AS id`,
    );
    await caughtUp(environment, 'pg-0', 'pg-2');
    const count = `SELECT count(*) FROM ${table} WHERE word = 'behind'`;
    assert.deepEqual(await Promise.all(databases.map((pod) => psql(environment, pod, count))), [
      '5000',
      '0',
      '5000',
    ]);
    const cutOff = (await followers(environment, 'pg-0')).find(({ name }) => name === 'pg-1');
    const fault = await listed(at, 'split');
    t.diagnostic(
      `while cut off pg-1 is ${cutOff === undefined ? 'no longer listed' : `${cutOff.behindBytes} bytes behind`}; ${fault?.tallies.injected} packets dropped`,
    );
    const startMs = performance.now();
    await annotate(at, `${faultPrefix}split-`);
    await caughtUp(environment, 'pg-0', 'pg-1');
    t.diagnostic(
      `level again ${((performance.now() - startMs) / 1000).toFixed(1)} s after kubectl was called`,
    );
    assert.equal(await psql(environment, 'pg-1', count), '5000');
    assert.ok(cutOff === undefined || cutOff.behindBytes > 0, 'it followed through the partition');
    assert.ok((fault?.tallies.injected ?? 0) > 0, 'no packet was dropped');
  });

  test('after all of it every byte is as it should be, and nothing was started again', async (t) => {
    await isSound(t, setup);
  });
});

/** Without another start: PostgreSQL reads it when told to. */
async function speakTls({ environment }: Setup, pod: string): Promise<void> {
  const { pem, keyPem } = certify({ subject: pod, usage: 'server' });
  for (const [file, text] of [
    ['server.crt', pem],
    ['server.key', keyPem],
  ] as const) {
    const keep = ['sh', '-c', `umask 077; cat >${dataFolder}/pgdata/${file}`];
    await environment.succeed(['exec', '--stdin', pod, `--container=${container}`, '--', ...keep], text);
  }
  await psql(environment, pod, 'ALTER SYSTEM SET ssl = on');
  await psql(environment, pod, 'SELECT pg_reload_conf()');
}
