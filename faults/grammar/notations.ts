/** What the capital letters in `syntax` stand for. */
export interface Notation {
  readonly meaning: string;
  readonly examples: readonly string[];
}

export const notations: Readonly<Record<string, Notation>> = {
  D: {
    meaning: 'A duration in ns, us, ms, s, m, h, d. A compound has its largest unit first.',
    examples: ['200ms', '1m30s'],
  },
  SIZE: {
    meaning: 'A size as Kubernetes writes quantities: Ki Mi Gi Ti Pi, k M G T P, or B.',
    examples: ['64Mi', '512B'],
  },
  P: { meaning: 'A probability.', examples: ['30%', '0.5%'] },
  N: { meaning: 'A whole number; of short a number of bytes, which may be a SIZE.', examples: ['3', '512'] },
  Nth: { meaning: 'An ordinal.', examples: ['2nd', '100th'] },
  ERRNO: { meaning: 'The name of an error of Linux; any but ENOSYS.', examples: ['EIO', 'ENOSPC'] },
  OPS: {
    meaning: 'Operations and groups of them, with commas between and no spaces.',
    examples: ['fsync', 'read,write'],
  },
  GLOB: {
    meaning:
      'Paths below the volume: * and ? within a name, ** for any number of directories, [a-z], {a,b}, \\ before a character that is meant as itself. In double quotes it may hold spaces.',
    examples: ['pg_wal/**', 'base/*/[0-9]*', '"my files/*"'],
  },
  NAME: { meaning: 'The name of a volume of the pod.', examples: ['data'] },
  PEERS: {
    meaning:
      "Addresses, ranges, names of pods or hosts, labels, a target of the experiment (@NAME), or node (the pod's own host), with commas between and no spaces.",
    examples: ['10.0.0.1', '10.0.7.0/24', 'fd00::/8', 'pg-1', 'app=web', '@replicas', 'node'],
  },
  TIME: { meaning: 'A time as RFC 3339 writes it.', examples: ['2026-03-01T12:00:00Z'] },
};
