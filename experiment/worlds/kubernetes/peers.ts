/**
 * The peers that a sentence names as targets or labels, as addresses: what a sidecar, which has no credentials, cannot know.
 *
 *     tcp partition with @replicas ─► tcp partition with 10.244.1.4,10.244.2.7
 *
 * They are those of this moment; while the fault is on, it is looked whether they are still.
 */
import { HavocError } from '../../../core/havoc-error.js';
import type { Fault, Peer, TcpMatch } from '../../../faults/fault.js';
import { format } from '../../../faults/format.js';
import { limits } from '../../../faults/limits.js';
import { parse } from '../../../faults/parse.js';
import { isOfPods, peersOf } from '../../../faults/values/peer.js';
import type { Place } from '../../journal/events.js';
import type { PodView } from './pod-view.js';

export interface KnownPods {
  /** Of a target, by its name, as they are now. */
  readonly podsOf: (target: string) => readonly PodView[];
  /** Of the namespace. */
  readonly pods: readonly PodView[];
}

/** Nobody has it (RFC 1122, 3.2.1.3): a sentence about nobody is about no one, and not about everybody. */
const nobody = '0.0.0.0';

/** The sentence for the sidecar of `place`, which is no peer of itself. What names no such peers comes back as it is. */
export function withAddresses(sentence: string, place: Place, known: KnownPods): string {
  const parsed = parse(sentence);
  if (parsed.kind === 'problems' || !namesPods(parsed.fault)) return sentence;
  const { fault } = parsed;
  return format({ ...fault, match: { ...fault.match, ...matchOf(fault.match, place, known) } });
}

/** Rejects what its sidecar would refuse. */
export function assertFits(sentence: string, { pod }: Pick<Place, 'pod'>): void {
  const bytes = Buffer.byteLength(sentence);
  if (bytes <= limits.sentenceBytes) return;
  throw new HavocError(
    'experiment.too-many-peers',
    `for ${pod} the sentence comes to ${bytes} bytes with the addresses of its peers; expected at most ${limits.sentenceBytes}, about 70 addresses: name fewer pods, or a range such as 10.0.0.0/8`,
  );
}

type TcpFault = Extract<Fault, { readonly plane: 'tcp' }>;

const namesPods = (fault: Fault): fault is TcpFault =>
  fault.plane === 'tcp' && peersOf(fault.match).some(isOfPods);

function matchOf({ from, to, with: both }: TcpMatch, place: Place, known: KnownPods): Partial<TcpMatch> {
  const written = (peers: readonly Peer[]): readonly Peer[] => {
    const all = peers.flatMap((peer) => addressesOf(peer, place, known));
    return all.length > 0 ? all : [{ kind: 'address', address: nobody }];
  };
  return {
    ...(from && { from: written(from) }),
    ...(to && { to: written(to) }),
    ...(both && { with: written(both) }),
  };
}

function addressesOf(peer: Peer, { uid }: Place, { podsOf, pods }: KnownPods): readonly Peer[] {
  if (!isOfPods(peer)) return [peer];
  const meant =
    peer.kind === 'target' ? podsOf(peer.name) : pods.filter(({ labels }) => labels[peer.key] === peer.value);
  return meant
    .filter((pod) => pod.uid !== uid && !pod.isEnding)
    .flatMap(({ addresses }) => addresses)
    .toSorted()
    .map((address) => ({ kind: 'address', address }));
}
