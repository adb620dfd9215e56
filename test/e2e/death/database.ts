/** The database of an environment while its pod comes and goes: where it is, what is on its volume, what its log says. */

import { join } from 'node:path';
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1Pod } from '@kubernetes/client-node';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { libraryOf } from '../../../dev/cluster/node-machine.js';
import type { Environment } from '../environment.js';
import { container, type DatabaseSetOptions, databaseSet } from './database-set.js';
import { PodProcesses } from './pod-processes.js';

/** One pod of the set, until it is deleted. */
export interface Incarnation {
  readonly uid: string;
  readonly address: string;
  readonly node: ClusterNode;
  readonly processes: PodProcesses;
}

const readyS = 180;

export class Database {
  readonly #environment: Environment;
  readonly #options: DatabaseSetOptions;
  private constructor(environment: Environment, options: DatabaseSetOptions) {
    this.#environment = environment;
    this.#options = options;
  }

  /** Resolves once it takes connections. */
  static async create(
    environment: Environment,
    options: Omit<DatabaseSetOptions, 'namespace'>,
  ): Promise<Database> {
    const database = new Database(environment, { ...options, namespace: environment.namespace });
    await database.make();
    return database;
  }

  /** The set, where it is not there; resolves once it takes connections. */
  async make(): Promise<void> {
    await this.#environment.apply([databaseSet(this.#options)]);
    await this.untilReady();
  }

  get name(): string {
    return this.#options.name;
  }

  get pod(): string {
    return `${this.name}-0`;
  }

  /** A pod that is being deleted counts as little as one that is not there. */
  async untilReady(): Promise<void> {
    await this.#environment.succeed(['wait', `pod/${this.pod}`, '--for=create', `--timeout=${readyS}s`]);
    await this.#environment.succeed([
      'wait',
      `pod/${this.pod}`,
      '--for=condition=Ready',
      `--timeout=${readyS}s`,
    ]);
  }

  async incarnation(): Promise<Incarnation> {
    const { metadata, spec, status } = await this.#environment.json<V1Pod>(['get', 'pod', this.pod]);
    const uid = metadata?.uid ?? '';
    const node = this.#environment.own.node(spec?.nodeName ?? '');
    return { uid, address: status?.podIP ?? '', node, processes: new PodProcesses(uid) };
  }

  /** On this machine: what is beneath, seen past everything that is mounted in the pod. */
  async folder(): Promise<string> {
    const claim = await this.#environment.json<V1PersistentVolumeClaim>(['get', 'pvc', `data-${this.pod}`]);
    const volume = await this.#environment.json<V1PersistentVolume>([
      'get',
      'pv',
      claim.spec?.volumeName ?? '',
    ]);
    const [term] = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    const node = term?.matchExpressions?.[0]?.values?.[0] ?? '';
    const path = volume.spec?.local?.path.replace(/^\/var\/lib\//, '') ?? '';
    return join(libraryOf(this.#environment.own.node(node).plan.folder), path);
  }

  /** Of this container, those before it left out. */
  async log(): Promise<string> {
    return this.#environment.succeed(['logs', this.pod, `--container=${container}`, '--tail=-1']);
  }
}

/** What PostgreSQL says when its disk answered wrong; a disk that only waits has none of it. */
export const diskComplaints = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter((line) =>
      /could not (read|write|open|fsync|flush|extend|stat|remove|rename|create|access|close|truncate|seek)|Input\/output|PANIC|invalid page|verification failed|Transport endpoint|Interrupted system call|was terminated by signal/i.test(
        line,
      ),
    );
