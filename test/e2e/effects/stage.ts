/**
 * Three PostgreSQL with their sidecars, and who looks at them from where.
 *
 *     client ──► pg-0 ◄── pg-1 ──► pg-2        a witness in client, pg-0 and pg-1
 */
import { annotation } from '../../../core/keys.js';
import type { StoredPod } from '../../webhook/pods.js';
import { clientContainer, clientPod } from '../postgres/client-pod.js';
import { asksForSidecar, port, postgresSet } from '../postgres/postgres-set.js';
import { psql } from '../postgres/psql.js';
import { Scene } from '../scene.js';
import { Witness } from '../witness/witness.js';
import { table } from './disk-rows.js';

export interface Stage {
  readonly scene: Scene;
  readonly client: Witness;
  readonly clientAddress: string;
  readonly primary: Witness;
  readonly replica: Witness;
  close(): Promise<void>;
}

export const replicas = ['pg-1', 'pg-2'] as const;
export const databases = ['pg-0', ...replicas] as const;
export const container = 'postgres';

const readyS = 280;

export async function openStage(): Promise<Stage> {
  const scene = await Scene.open({ name: 'effects', volumesPerNode: 1 });
  const witnesses: Witness[] = [];
  const close = async (): Promise<void> => {
    for (const witness of witnesses) await witness.leave();
    await scene.close();
  };
  try {
    await bringUp(scene);
    const enter = async (pod: string, where: string): Promise<Witness> => {
      const witness = await Witness.enter(scene, pod, where);
      witnesses.push(witness);
      return witness;
    };
    const { status } = await scene.json<StoredPod>(['get', 'pod', 'client']);
    return {
      scene,
      client: await enter('client', clientContainer),
      clientAddress: status?.podIP ?? '',
      primary: await enter('pg-0', container),
      replica: await enter('pg-1', container),
      close,
    };
  } catch (cause) {
    const told = await scene.tell();
    await close();
    throw new Error(told, { cause });
  }
}

async function bringUp(scene: Scene): Promise<void> {
  const annotations = { ...asksForSidecar, [annotation.outboundPorts]: String(port) };
  const set = { name: 'pg', replicas: databases.length, storageClass: scene.storageClass, annotations };
  await scene.apply([...postgresSet(set), clientPod({ name: 'client', beside: 'pg-0' })]);
  await scene.succeed(['rollout', 'status', 'statefulset/pg', `--timeout=${readyS}s`]);
  await scene.succeed(['wait', '--for=condition=Ready', 'pod/client', `--timeout=${readyS}s`]);
  await psql(
    scene,
    'pg-0',
    `CREATE EXTENSION amcheck;
     CREATE TABLE ${table} AS SELECT id, md5(id::text) AS word FROM generate_series(1, 20000) AS id;
     CREATE INDEX ON ${table} (id)`,
  );
  await psql(scene, 'pg-0', 'CHECKPOINT');
}
