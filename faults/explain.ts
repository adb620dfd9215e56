/**
 * A fault in plain English: what will happen, to what, how often, until when. Written for a person who was
 * woken up by it.
 */
import type { Deadline, DiskFault, Fault, Peer, TcpFault, TcpMatch, Trigger } from './fault.js';
import { diskGrammarOf } from './grammar/disk-effects.js';
import type { TcpUnit } from './grammar/effect-grammar.js';
import { writeWord } from './grammar/quoted-word.js';
import { tcpGrammarOf } from './grammar/tcp-effects.js';
import { limits } from './limits.js';
import { diceOf } from './rolls-dice.js';
import { writeOrdinal } from './values/count.js';
import { writeDuration } from './values/duration.js';
import { writeInstant } from './values/instant.js';
import { peersOf, writePeer } from './values/peer.js';
import { writePercent } from './values/percent.js';

export interface ExplainOptions {
  readonly name?: string;
  /** Milliseconds of the Unix epoch: says when it ends if it is armed now. */
  readonly nowMs?: number;
}

/** One paragraph. */
export function explain(fault: Fault, { name, nowMs }: ExplainOptions = {}): string {
  const sentences = [...(fault.plane === 'disk' ? disk(fault) : tcp(fault)), end(fault.deadline, nowMs)];
  const paragraph = sentences.map((sentence) => `${sentence}.`).join(' ');
  return name === undefined ? paragraph : `${name}: ${paragraph}`;
}

/** What is done to what, without how often and until when; without a full stop. */
export const effectOf = (fault: Fault): string =>
  fault.plane === 'disk' ? diskEffect(fault) : tcpEffect(fault);

const disk = (fault: DiskFault): readonly string[] => [diskEffect(fault), ...often(fault, 'operation')];

function diskEffect({ effect, match }: DiskFault): string {
  const grammar = diskGrammarOf(effect);
  const volume = match.volume === undefined ? 'every volume' : `volume ${match.volume}`;
  const paths = match.in === undefined ? '' : ` in paths that match ${writeWord(match.in)}`;
  const subject = match.on === undefined ? grammar.subject : `${listed(match.on)} operations`;
  return `On ${volume}${paths}, ${subject} ${grammar.tell(effect)}`;
}

const tcp = (fault: TcpFault): readonly string[] => [
  tcpEffect(fault),
  ...kubelet(fault.match),
  ...often(fault, tcpGrammarOf(fault.effect).unit),
];

function tcpEffect({ effect, match }: TcpFault): string {
  const { tell, unit } = tcpGrammarOf(effect);
  const place = [portsOf(match.ports, unit), ...waysOf(match)].join(', ');
  return `On ${place}, ${tell(effect)}`;
}

function waysOf({ from, to, with: both }: TcpMatch): readonly string[] {
  const ways = [
    ...(from === undefined ? [] : [`what comes in from ${listed(from.map(said))}`]),
    ...(to === undefined ? [] : [`what goes out to ${listed(to.map(said))}`]),
    ...(both === undefined ? [] : [`what goes either way between here and ${listed(both.map(said))}`]),
  ];
  return ways.length === 0 ? [] : [`for ${listed(ways)}`];
}

function portsOf(ports: readonly number[] | undefined, unit: TcpUnit): string {
  if (ports !== undefined) return `${ports.length === 1 ? 'port' : 'ports'} ${listed(ports.map(String))}`;
  return unit === 'packet' ? 'every port and protocol' : 'every proxied port';
}

function said(peer: Peer): string {
  if (peer.kind === 'node') return "the pod's own node";
  if (peer.kind === 'target') return `the pods of target ${peer.name}`;
  return peer.kind === 'labels' ? `pods with ${writePeer(peer)}` : writePeer(peer);
}

/** The pod's host is never cut off by a sentence that does not say so. */
function kubelet(match: TcpMatch): readonly string[] {
  const isNamed = peersOf(match).some(({ kind }) => kind === 'node');
  return isNamed ? [] : ["The pod's own node, its kubelet included, is spared"];
}

/** An effect that is a chance itself has said how often. */
function often(fault: Fault, unit: string): readonly string[] {
  const { trigger, seed } = fault;
  const dice = seed === undefined ? [] : [`Its dice are fixed by seed ${seed}`];
  return diceOf(fault) === 'chance' ? dice : [capital(hits(trigger, unit)), ...dice];
}

function hits({ skip, every, first, chance }: Trigger, unit: string): string {
  const before = skip === 0 ? '' : `${count('first', skip, unit)} let be; then `;
  const luck = chance === 1 ? '' : ` with a chance of ${writePercent(chance)}`;
  if (every > 1) {
    const last = first === undefined ? '' : `, only the first${first === 1 ? '' : ` ${first}`} of them`;
    return `${before}every ${writeOrdinal(every)} matching ${unit} is hit${luck}${last}`;
  }
  if (first !== undefined)
    return `${before}only ${count(skip === 0 ? 'first' : 'next', first, unit)} hit${luck}`;
  return `${before}${chance === 1 ? 'every' : 'each'} matching ${unit} is hit${luck}`;
}

/** `the first matching operation is`, `the next 3 matching operations are`. */
const count = (which: string, number: number, unit: string): string =>
  number === 1 ? `the ${which} matching ${unit} is` : `the ${which} ${number} matching ${unit}s are`;

function end(deadline: Deadline, nowMs: number | undefined): string {
  if (deadline.kind === 'until')
    return `It ends by itself at ${writeInstant(deadline.epochMs)}${left(deadline.epochMs, nowMs)}`;
  const ms = deadline.kind === 'for' ? deadline.ms : limits.defaultDeadlineMs;
  const span = `${writeDuration(ms)}${deadline.kind === 'for' ? '' : ' (the default)'}`;
  const armedNow = nowMs === undefined ? '' : `; armed now, at ${writeInstant(nowMs + ms)}`;
  return `It ends by itself ${span} after the sidecar first saw it${armedNow}`;
}

function left(endsMs: number, nowMs: number | undefined): string {
  if (nowMs === undefined) return '';
  return nowMs >= endsMs ? ', which has passed: it will do nothing' : `, in ${writeDuration(endsMs - nowMs)}`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
