/** Users with tokens (`--token-auth-file` of kube-apiserver) and the kubeconfigs that name them. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

export const administrator = 'administrator';

/** Token of each user. The administrator is one of them. */
export type Tokens = Readonly<Record<string, string>>;

/** `users` with their groups. */
export function writeTokens(folder: string, users: Readonly<Record<string, readonly string[]>>): Tokens {
  const all = { ...users, [administrator]: ['system:masters'] };
  const tokens = Object.fromEntries(Object.keys(all).map((user) => [user, randomBytes(16).toString('hex')]));
  const lines = Object.entries(all).map(
    ([user, groups]) => `${tokens[user]},${user},${user},"${groups.join(',')}"\n`,
  );
  writeFileSync(tokensFile(folder), lines.join(''), { mode: 0o600 });
  return tokens;
}

export const tokensFile = (folder: string): string => join(folder, 'tokens.csv');

export interface KubeconfigParts {
  readonly folder: string;
  readonly url: string;
  /** PEM. */
  readonly authority: string;
  readonly user: string;
  readonly token: string;
}

/** The path of what was written. */
export function writeKubeconfig({ folder, url, authority, user, token }: KubeconfigParts): string {
  const file = kubeconfigFile(folder, user);
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: user, context: { cluster: 'test', user } }],
    'current-context': user,
  };
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

export const kubeconfigFile = (folder: string, user: string): string =>
  join(folder, `${user.replace(/\W/g, '-')}.kubeconfig`);
