/**
 * The kinds of probes: what each is given, which names its condition may use, and when it holds where no condition is
 * written. A kind that is forgotten in the table of who measures it (`probes/measure.ts`) does not compile.
 */
import * as z from 'zod';
import type { HostAndPort } from '../../core/host-and-port.js';
import { writeHostAndPort } from '../../core/host-and-port.js';
import { accessFields } from './access.js';
import type { Variables } from './condition.js';
import { databaseAt } from './database-url.js';
import { address, httpUrl } from './texts.js';

const text = z.string().min(1);

const tcp = z.strictObject({ address });

const http = z.strictObject({
  url: httpUrl,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().exactOptional(),
  ...accessFields,
});

const query = text.default('select 1');

const postgres = z.strictObject({
  ...databaseAt('postgres'),
  query,
});

const mysql = z.strictObject({
  ...databaseAt('mysql'),
  query,
});

const redis = z.strictObject({
  ...databaseAt('redis'),
  command: z.array(text).min(1).max(100).default(['PING']).describe('a list: a command and its arguments'),
});

const etcd = z.strictObject({ url: httpUrl, key: z.string().default('havock8s'), ...accessFields });

const prometheus = z.strictObject({ url: httpUrl, query: text, ...accessFields });

const alertmanager = z.strictObject({
  url: httpUrl,
  filter: z.array(text).max(20).default([]),
  ...accessFields,
});

const exec = z.strictObject({
  command: z.array(text).min(1).max(100).describe('a list: a program and its arguments, without a shell'),
});

/** Of the run itself. */
const ledger = z.strictObject({});

export interface TcpSubject {
  readonly address: HostAndPort;
}
export type HttpSubject = z.output<typeof http>;
export type ExecSubject = z.output<typeof exec>;
export type PostgresSubject = z.output<typeof postgres>;
export type MysqlSubject = z.output<typeof mysql>;
export type RedisSubject = z.output<typeof redis>;
export type EtcdSubject = z.output<typeof etcd>;
export type PrometheusSubject = z.output<typeof prometheus>;
export type AlertmanagerSubject = z.output<typeof alertmanager>;
export type LedgerSubject = z.output<typeof ledger>;

/** What each kind measures. */
export interface Subjects {
  readonly tcp: TcpSubject;
  readonly http: HttpSubject;
  readonly exec: ExecSubject;
  readonly postgres: PostgresSubject;
  readonly mysql: MysqlSubject;
  readonly redis: RedisSubject;
  readonly etcd: EtcdSubject;
  readonly prometheus: PrometheusSubject;
  readonly alertmanager: AlertmanagerSubject;
  readonly ledger: LedgerSubject;
}

export type ProbeKind = keyof Subjects;

interface Kind<K extends ProbeKind> {
  /** As a message calls it. */
  readonly name: string;
  /** It tells of others: where it is silent, nothing is known of them. Any other kind has failed then. */
  readonly isObserver: boolean;
  readonly schema: z.ZodType<Subjects[K]>;
  /** For its condition; `latency` is in milliseconds. */
  readonly variables: Variables;
  /** The condition where none is written. */
  readonly usual: string;
  /** What holds then, in words: `127.0.0.1:5432 accepts connections`. */
  readonly says: (subject: Subjects[K]) => string;
}

const latency = { latency: 'double' } as const;

export const probeKinds: { readonly [K in ProbeKind]: Kind<K> } = {
  tcp: {
    name: 'the server',
    isObserver: false,
    schema: tcp,
    variables: latency,
    usual: 'true',
    says: (subject) => `${writeHostAndPort(subject.address)} accepts connections`,
  },
  http: {
    name: 'the server',
    isObserver: false,
    schema: http,
    variables: { ...latency, status: 'int', body: 'string', json: 'dyn', headers: 'map' },
    usual: 'status >= 200 && status < 400',
    says: ({ url }) => `${url} answers well`,
  },
  exec: {
    name: 'the program',
    isObserver: false,
    schema: exec,
    variables: { ...latency, exitCode: 'int', stdout: 'string', stderr: 'string' },
    usual: 'exitCode == 0',
    says: ({ command }) => `${command.join(' ')} ends well`,
  },
  postgres: {
    name: 'PostgreSQL',
    isObserver: false,
    schema: postgres,
    variables: { ...latency, value: 'dyn', rows: 'list' },
    usual: 'true',
    says: ({ query }) => `PostgreSQL answers ${query}`,
  },
  mysql: {
    name: 'MySQL',
    isObserver: false,
    schema: mysql,
    variables: { ...latency, value: 'dyn', rows: 'list' },
    usual: 'true',
    says: ({ query }) => `MySQL answers ${query}`,
  },
  redis: {
    name: 'Redis',
    isObserver: false,
    schema: redis,
    variables: { ...latency, value: 'dyn' },
    usual: 'true',
    says: ({ command }) => `Redis answers ${command.join(' ')}`,
  },
  etcd: {
    name: 'etcd',
    isObserver: false,
    schema: etcd,
    variables: { ...latency, value: 'dyn', revision: 'int' },
    usual: 'true',
    says: ({ url }) => `etcd at ${url} reads through the quorum`,
  },
  prometheus: {
    name: 'Prometheus',
    isObserver: true,
    schema: prometheus,
    variables: { ...latency, value: 'double' },
    usual: 'value > 0',
    says: ({ query }) => `${query} is above 0`,
  },
  alertmanager: {
    name: 'Alertmanager',
    isObserver: true,
    schema: alertmanager,
    variables: { ...latency, firing: 'int', names: 'list' },
    usual: 'firing == 0',
    says: ({ filter }) => `no alert fires${filter.length === 0 ? '' : ` with ${filter.join(', ')}`}`,
  },
  ledger: {
    name: 'the ledger',
    isObserver: true,
    schema: ledger,
    variables: {
      acknowledged: 'int',
      refused: 'int',
      unknown: 'int',
      operationsPerSecond: 'double',
      unavailable: 'double',
      wrongReads: 'int',
    },
    usual: 'unavailable < 1000 && wrongReads == 0',
    says: () => 'a write of the ledger was acknowledged within the last second, and no read was wrong',
  },
};

export const probeKindNames = Object.keys(probeKinds) as readonly ProbeKind[];
