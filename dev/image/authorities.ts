/** The authorities that npm trusts beside those of Node: a company's, whose proxy stands before the registry. */
import { existsSync } from 'node:fs';

/** A file of PEM, or null where there is none. */
export function authoritiesFile(environment: NodeJS.ProcessEnv): string | null {
  const named = ['NODE_EXTRA_CA_CERTS', 'npm_config_cafile', 'SSL_CERT_FILE'].map(
    (name) => environment[name],
  );
  return named.find((file) => file !== undefined && existsSync(file)) ?? null;
}

/**
 * Processes that are started from here on trust nobody beside those whom Node.js trusts: version 20 reads all of the file
 * whenever it starts, which takes 60 ms of processor time, and tests start it some thousand times. npm, and who builds an
 * image, find the file by npm's own name. Returns what puts it back.
 */
export function leaveAuthoritiesToNpm(environment: NodeJS.ProcessEnv): () => void {
  const { NODE_EXTRA_CA_CERTS: file, npm_config_cafile: ofNpm } = environment;
  if (file === undefined) return () => {};
  delete environment['NODE_EXTRA_CA_CERTS'];
  environment['npm_config_cafile'] = ofNpm ?? file;
  return () => {
    environment['NODE_EXTRA_CA_CERTS'] = file;
    if (ofNpm === undefined) delete environment['npm_config_cafile'];
  };
}
