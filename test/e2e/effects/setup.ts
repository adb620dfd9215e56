/**
 * Three PostgreSQL with their sidecars, and who looks at them from where.
 *
 *     client ──► pg-0 ◄── pg-1 ──► pg-2        an agent in each
 */
import { annotation } from '../../../core/keys.js';
import type { StoredPod } from '../../webhook/pods.js';
import { Environment } from '../environment.js';
import { clientContainer, clientPod } from '../postgres/client-pod.js';
import { asksForSidecar, port, postgresSet } from '../postgres/postgres-set.js';
import { psql } from '../postgres/psql.js';
import { ProbeAgent } from '../probe-agent/probe-agent.js';
import { table } from './disk-rows.js';

export interface Setup {
  readonly environment: Environment;
  readonly client: ProbeAgent;
  readonly clientAddress: string;
  readonly primary: ProbeAgent;
  readonly replica: ProbeAgent;
  readonly otherReplica: ProbeAgent;
  close(): Promise<void>;
}

export const replicas = ['pg-1', 'pg-2'] as const;
export const databases = ['pg-0', ...replicas] as const;
export const container = 'postgres';

const readyS = 280;

export async function openSetup(name: string): Promise<Setup> {
  const environment = await Environment.open({ name, volumesPerNode: 1 });
  const agents: ProbeAgent[] = [];
  const close = async (): Promise<void> => {
    for (const agent of agents) await agent.leave();
    await environment.close();
  };
  try {
    await bringUp(environment);
    const enter = async (pod: string, where: string): Promise<ProbeAgent> => {
      const agent = await ProbeAgent.enter(environment, pod, where);
      agents.push(agent);
      return agent;
    };
    const { status } = await environment.json<StoredPod>(['get', 'pod', 'client']);
    return {
      environment,
      client: await enter('client', clientContainer),
      clientAddress: status?.podIP ?? '',
      primary: await enter('pg-0', container),
      replica: await enter('pg-1', container),
      otherReplica: await enter('pg-2', container),
      close,
    };
  } catch (cause) {
    const told = await environment.tell();
    await close();
    throw new Error(told, { cause });
  }
}

async function bringUp(environment: Environment): Promise<void> {
  const annotations = { ...asksForSidecar, [annotation.outboundPorts]: String(port) };
  const set = { name: 'pg', replicas: databases.length, storageClass: environment.storageClass, annotations };
  await environment.apply([...postgresSet(set), clientPod({ name: 'client', beside: 'pg-0' })]);
  await environment.succeed(['rollout', 'status', 'statefulset/pg', `--timeout=${readyS}s`]);
  await environment.succeed(['wait', '--for=condition=Ready', 'pod/client', `--timeout=${readyS}s`]);
  await psql(
    environment,
    'pg-0',
    `CREATE EXTENSION amcheck;
     CREATE TABLE ${table} AS SELECT id, md5(id::text) AS word FROM generate_series(1, 20000) AS id;
     CREATE INDEX ON ${table} (id)`,
  );
  await psql(environment, 'pg-0', 'CHECKPOINT');
}
