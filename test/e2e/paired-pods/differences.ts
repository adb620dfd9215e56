/**
 * What an injected container sees that its pair does not, all of it, each with its reason. Anything else is a fault of
 * ours.
 */
import type { Seen } from './paired-pods.js';

export interface Allowed {
  readonly key: RegExp;
  readonly injected: RegExp;
  readonly bare: RegExp;
  readonly because: string;
}

export interface Difference {
  readonly key: string;
  readonly injected: string;
  readonly bare: string;
}

/** What one of them does not see at all. */
const absent = '(absent)';

export const allowed: readonly Allowed[] = [
  {
    key: /^mount \/(data|deep|own|whole|frozen|scratch|cache)$/,
    injected: /fuse\.havock8s/,
    bare: /./,
    because: 'the volume is served by us: that is what injection is',
  },
  {
    key: /^filesystem \//,
    injected: /^fuseblk|^UNKNOWN|^fuse/,
    bare: /./,
    because: 'statfs(2) of FUSE tells its own magic number',
  },
  {
    key: /^listens 7808$/,
    injected: /^127\.0\.0\.1$/,
    bare: /^\(absent\)$/,
    because: "the control endpoint is on the pod's loopback",
  },
  {
    key: /^listens 7807$/,
    injected: /^(\*|0\.0\.0\.0|\[::\])$/,
    bare: /^\(absent\)$/,
    because: 'the read-only port is on every address of the pod',
  },
  {
    key: /^listens \d+$/,
    injected: /^(127\.0\.0\.1|\[::1\])$/,
    bare: /^\(absent\)$/,
    because: 'intercepted connections are handed to a socket on the loopback, one of each family',
  },
  {
    key: /^oom$/,
    injected: /^999$/,
    bare: /^1000$/,
    because:
      'a pod that asks for nothing is BestEffort; with our sidecars, which ask for memory, it is Burstable',
  },
  {
    key: /^rule 7808$/,
    injected: /havock8s|lookup 7808/,
    bare: /^\(absent\)$/,
    because: 'intercepted packets are routed by a rule of our own',
  },
];

export function differences(injected: Seen, bare: Seen): readonly Difference[] {
  const keys = [...new Set([...injected.keys(), ...bare.keys()])].sort();
  return keys
    .map((key) => ({ key, injected: injected.get(key) ?? absent, bare: bare.get(key) ?? absent }))
    .filter((difference) => difference.injected !== difference.bare);
}

export const reasonOf = ({ key, injected, bare }: Difference): Allowed | undefined =>
  allowed.find((one) => one.key.test(key) && one.injected.test(injected) && one.bare.test(bare));
