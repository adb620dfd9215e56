/** Lets a replica in: a role of its own, and a slot. */
import type { Connection } from '../database.js';
import { replicaName } from './make-replica.js';

/** With a slot, what the replica has not got is kept for it. */
export async function admitReplica(primary: Connection, password: string): Promise<void> {
  await primary.query(`CREATE ROLE ${replicaName} REPLICATION LOGIN PASSWORD '${password}'`);
  await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [replicaName]);
}
