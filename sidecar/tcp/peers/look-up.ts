/** The addresses of a name: first beside the pod, in the domain it is in itself, then as DNS has it. */
import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import type { Prefix } from '../../../faults/peer-set.js';
import { mappedIpv4, readAddress } from '../../../faults/values/address.js';
import { readIfThere } from '../../linux/read-if-there.js';
import { limits } from '../limits.js';

/** Never rejects: a name that is not to be found has no addresses. */
export async function addressesOf(name: string, domain: string | null): Promise<readonly Prefix[]> {
  const beside = domain === null ? [] : await ask(`${name}.${domain}`);
  const found = beside.length > 0 ? beside : await ask(name);
  return found.slice(0, limits.addressesOfName);
}

async function ask(name: string): Promise<readonly Prefix[]> {
  try {
    const answers = await lookup(name, { all: true, verbatim: true });
    return answers.flatMap(({ address }) => prefixOf(address));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

function prefixOf(address: string): readonly Prefix[] {
  const bytes = readAddress(address.replace(/%.*$/, ''));
  if (bytes === null) return [];
  const plain = mappedIpv4(bytes) ?? bytes;
  return [{ bytes: plain, bits: plain.length * 8 }];
}

/**
 * The headless domain of a pod of a StatefulSet, as `pg.default.svc.cluster.local`: the kubelet writes the pod's full
 * name beside its short one into /etc/hosts. Null where there is none.
 */
export function ownDomain(hosts: string = readHosts(), host: string = hostname()): string | null {
  for (const line of hosts.split('\n')) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const full = names.find((name) => name.startsWith(`${host}.`));
    if (full !== undefined && names.includes(host)) return full.slice(host.length + 1);
  }
  return null;
}

const readHosts = (): string => readIfThere('/etc/hosts') ?? '';
