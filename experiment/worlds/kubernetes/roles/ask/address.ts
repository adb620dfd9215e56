/** Where one pod's database is asked, and as whom. */
import type { ConnectionOptions } from 'node:tls';
import { writeHostAndPort } from '../../../../../core/host-and-port.js';
import type { PodRole, RoleGroup } from '../role.js';

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  /** PostgreSQL asks in which of its databases. */
  readonly database: string;
  /** Null: as plain text. */
  readonly tls: Trust | null;
}

/** Secrets are resolved by whoever asks. */
export interface Trust {
  /** PEM; null: the authorities that Node.js trusts. */
  readonly ca: string | null;
  /** PEM: what the client shows. */
  readonly client: { readonly cert: string; readonly key: string } | null;
  /** In the certificate. Null: only its authority is checked, since certificates rarely name pods' addresses. */
  readonly serverName: string | null;
  readonly insecureSkipVerify: boolean;
}

/** Rejects where there is no answer, when `signal` aborts at the latest. */
export type AskRole = (at: DatabaseAddress, signal: AbortSignal) => Promise<PodRole>;

/** As Node.js and its drivers take it. */
export const tlsOptions = ({ ca, client, serverName, insecureSkipVerify }: Trust): ConnectionOptions => ({
  rejectUnauthorized: !insecureSkipVerify,
  ...(ca !== null && { ca }),
  ...client,
  ...(serverName === null ? { checkServerIdentity: () => undefined } : { servername: serverName }),
});

/** `postgres://10.0.0.7:5432/`, without a name or a password. */
export const urlOf = (scheme: string, { host, port }: DatabaseAddress): string =>
  `${scheme}://${writeHostAndPort({ host, port })}/`;

interface Known {
  readonly writable: boolean;
  readonly group?: RoleGroup | null;
}

/** What a database said of itself. */
export const said = (
  kind: 'primary' | 'replica',
  seen: string,
  { writable, group = null }: Known,
): PodRole => ({
  kind,
  from: 'database',
  seen,
  writable,
  group,
});

export const saidNone = (seen: string): PodRole => ({ kind: 'none', from: 'database', seen, isOther: false });

/** It never has a role. */
export const saidOther = (seen: string): PodRole => ({ kind: 'none', from: 'database', seen, isOther: true });
