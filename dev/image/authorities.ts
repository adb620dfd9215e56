/** The authorities that npm trusts beside those of Node: a company's, whose proxy stands before the registry. */
import { existsSync } from 'node:fs';

/** A file of PEM, or null where there is none. */
export function authoritiesFile(environment: NodeJS.ProcessEnv): string | null {
  const named = ['NODE_EXTRA_CA_CERTS', 'npm_config_cafile', 'SSL_CERT_FILE'].map(
    (name) => environment[name],
  );
  return named.find((file) => file !== undefined && existsSync(file)) ?? null;
}
