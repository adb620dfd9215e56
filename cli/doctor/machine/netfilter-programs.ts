/**
 * Check `network`: `nft` and `ip`, and whether this kernel takes rules like ours. It is asked with `nft --check`, which
 * has the kernel look at a table of another name and forget it.
 */
import type { KernelAbility } from '../../../sidecar/tcp/netfilter/interception-rules.js';
import { rulesetOf } from '../../../sidecar/tcp/netfilter/ruleset.js';
import { table } from '../../../sidecar/tcp/netfilter/table.js';
import type { TproxyListener } from '../../../sidecar/tcp/tcp-config.js';
import { mayAdministerNetwork } from '../../commands/local/capabilities.js';
import { askChild, complaintOf } from '../ask-child.js';
import type { Check } from '../check.js';
import { type Judgement, ok, unknown, warning } from '../finding.js';

export interface NetworkFacts {
  /** Why each does not run; null: it does. */
  readonly nft: string | null;
  readonly ip: string | null;
  readonly mayAdminister: boolean;
  /** What the kernel has against our rules; null: nothing, or it was not asked. */
  readonly refusal: string | null;
  /** It takes them, but cannot look for who listens. */
  readonly isBlind: boolean;
}

export const netfilterPrograms: Check = {
  name: 'network',
  look: async () => judgeNetwork(await gather()),
};

async function gather(): Promise<NetworkFacts> {
  const [nft, ip] = await Promise.all([askChild(['nft', '--version']), askChild(['ip', '-Version'])]);
  const facts = { nft: complaintOf(nft, 'nft'), ip: complaintOf(ip, 'ip') };
  const mayAdminister = mayAdministerNetwork();
  if (facts.nft !== null || !mayAdminister) return { ...facts, mayAdminister, refusal: null, isBlind: false };
  const refusal = await complaintAbout({ seesListeners: true });
  const isBlind = refusal !== null && (await complaintAbout({ seesListeners: false })) === null;
  return { ...facts, mayAdminister, refusal: isBlind ? null : refusal, isBlind };
}

async function complaintAbout(ability: KernelAbility): Promise<string | null> {
  const tried = await askChild(['nft', '--check', '-f', '-'], { input: trialRules(ability) });
  return complaintOf(tried, 'nft');
}

/** All that rules of ours are made of, in a table that nobody has. */
export function trialRules(ability: KernelAbility): string {
  const tproxyListeners = (['inbound', 'outbound'] as const).map((kind, index): TproxyListener => {
    return { fd: -1, family: 'ipv4', kind, port: index + 1 };
  });
  const { script } = rulesetOf({
    interception: {
      inboundPorts: [1],
      outboundPorts: [2],
      nodeAddresses: [],
      readOnlyPort: null,
      tproxyListeners,
    },
    faults: [],
    known: { node: [] },
    nowMs: 0,
    retired: [],
    hasHooks: false,
    isFresh: true,
    ...ability,
  });
  const ofFaults = [
    `add set ${table} peers { type ipv4_addr; flags interval, timeout; }`,
    `add chain ${table} faults { type filter hook prerouting priority raw; }`,
    `add rule ${table} faults ip saddr @peers numgen random mod 1000000 >= 1 tcp dport 1 reject with tcp reset`,
  ];
  return `${script}${ofFaults.join('\n')}\n`.replaceAll(table, `${table}-doctor`);
}

export function judgeNetwork({
  nft,
  ip,
  mayAdminister,
  refusal,
  isBlind,
}: NetworkFacts): readonly Judgement[] {
  const lacking = [nft, ip].filter((complaint) => complaint !== null);
  if (lacking.length > 0)
    return [
      warning({
        found: lacking.join('; '),
        follows: 'ports cannot be intercepted (--inbound, --outbound, ports of a pod); --listen works',
        mend: ['apt-get install nftables iproute2'],
      }),
    ];
  if (!mayAdminister)
    return [
      unknown({
        found:
          'nft and ip are there; whether the kernel takes our rules can be asked with CAP_NET_ADMIN alone',
        follows: 'ports cannot be intercepted by this user; --listen works',
        mend: ['as root: havock8s doctor'],
      }),
    ];
  if (isBlind)
    return [
      warning({
        found: 'the kernel takes our rules, but has no nft_socket to look for who listens',
        follows:
          'who connects to an intercepted port where nobody listens is reset, and not refused: a TCP probe finds it open before its server is',
        mend: ['modprobe nft_socket'],
      }),
    ];
  if (refusal === null) return [ok('nft and ip are there, and the kernel takes rules like ours')];
  return [
    warning({
      found: `the kernel does not take rules like ours: ${refusal}`,
      follows: 'ports cannot be intercepted; --listen works',
      mend: ['modprobe --all nf_tables nft_tproxy nft_socket nft_fib_inet nft_numgen nft_ct nft_reject_inet'],
    }),
  ];
}
