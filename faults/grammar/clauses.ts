/**
 * The clauses: what may stand behind an effect, in any order. One entry is all the language knows of a
 * clause; their order here is the canonical one.
 */
import type { Fault, Peer, VerbGroup } from '../fault.js';
import { parseGlob } from '../glob/parse-glob.js';
import { limits } from '../limits.js';
import type { DiskVerb } from '../operation.js';
import { count, ordinal, writeOrdinal } from '../values/count.js';
import { duration, writeDuration } from '../values/duration.js';
import { instant, writeInstant } from '../values/instant.js';
import { peer, writePeer } from '../values/peer.js';
import { percent, writePercent } from '../values/percent.js';
import type { ClauseGrammar, ClauseName, ClauseValues } from './clause-grammar.js';
import type { EffectFacts } from './effect-grammar.js';
import { accepted, flawed, type Reading, type Syntax } from './syntax.js';
import { verbWords } from './verb-groups.js';
import { verb } from './verb-syntax.js';

const jitter = duration({ min: 0, max: limits.delayMs });
const lifetime = duration({ min: 1, max: limits.deadlineMs });
const port = count({ min: 1, max: 65_535 });
const every = ordinal({ min: 1, max: limits.count });
const first = count({ min: 1, max: limits.count });
const skip = count({ min: 0, max: limits.count });
const seed = count({ min: 0, max: limits.seed });
const glob: Syntax<string> = { expected: 'a glob such as pg_wal/**', read: readGlob, write: String };
const volume: Syntax<string> = { expected: 'the name of a volume', read: readVolume, write: String };

export const clauses: { readonly [K in ClauseName]: ClauseGrammar<ClauseValues[K]> } = {
  jitter: {
    syntax: 'jitter D',
    meaning: 'Latency varies evenly by D both ways, and is never below 0.',
    example: 'disk latency 200ms jitter 50ms',
    misfit: ({ dice }) => (dice === 'jitter' ? null : 'only latency has a jitter'),
    read: (words) => words.value(jitter),
    write: ({ effect }) =>
      'jitterMs' in effect && effect.jitterMs > 0 ? writeDuration(effect.jitterMs) : null,
  },
  on: {
    syntax: 'on OPS',
    meaning: 'Only these operations. Without it, what the effect usually reaches.',
    example: 'disk error EIO on rename,fsync',
    plane: 'disk',
    stray: new RegExp(`^(${verbWords.join('|')})$`),
    read: (words, disk) => inVerbOrder(words.list(verb(disk))),
    write: (fault) => (fault.plane === 'disk' ? (fault.match.on?.join(',') ?? null) : null),
  },
  in: {
    syntax: 'in GLOB',
    meaning: 'Only paths below the volume that match.',
    example: 'disk error EIO on read in base/*/[0-9]*',
    plane: 'disk',
    stray: /[/*]/,
    read: (words) => words.value(glob),
    write: (fault) => (fault.plane === 'disk' ? (fault.match.in ?? null) : null),
  },
  volume: {
    syntax: 'volume NAME',
    meaning: 'Only this volume. Without it, every volume that is injected.',
    example: 'disk freeze volume data for 10s',
    plane: 'disk',
    read: (words) => words.value(volume),
    write: (fault) => (fault.plane === 'disk' ? (fault.match.volume ?? null) : null),
  },
  port: {
    syntax: 'port N,...',
    meaning: 'Only connections to these ports. Without it, every proxied port.',
    example: 'tcp reset port 5432,6432',
    plane: 'tcp',
    read: (words) => words.list(port)?.toSorted((one, other) => one - other) ?? null,
    write: (fault) => (fault.plane === 'tcp' ? (fault.match.ports?.join(',') ?? null) : null),
  },
  from: peerClause({
    syntax: 'from PEERS',
    meaning: 'Only what comes in from these peers.',
    example: 'tcp partition from pg-1,10.0.7.0/24 for 2m',
    excludes: ['with'],
    peers: (fault) => fault.match.from,
  }),
  to: peerClause({
    syntax: 'to PEERS',
    meaning: 'Only what goes out to these peers.',
    example: 'tcp latency 100ms to fd00:7::/64',
    excludes: ['with'],
    peers: (fault) => fault.match.to,
  }),
  with: peerClause({
    syntax: 'with PEERS',
    meaning: 'Both ways: what comes in from these peers and what goes out to them.',
    example: 'tcp partition with node for 30s',
    excludes: ['from', 'to'],
    peers: (fault) => fault.match.with,
  }),
  chance: {
    syntax: 'chance P',
    meaning: 'Each match is hit with probability P.',
    example: 'disk latency 1s on fsync chance 1%',
    stray: /^[\d.]+%$/,
    misfit: ({ dice }) => (dice === 'chance' ? 'loss is a chance already: its P says how often' : null),
    read: (words) => words.value(percent),
    write: ({ trigger }) => (trigger.chance < 1 ? writePercent(trigger.chance) : null),
  },
  skip: {
    syntax: 'skip N',
    meaning: 'The first N matches are let be.',
    example: 'disk error EIO on fsync skip 10 once',
    misfit: uncounted,
    read: (words) => words.value(skip),
    write: ({ trigger }) => (trigger.skip > 0 ? String(trigger.skip) : null),
  },
  every: {
    syntax: 'every Nth',
    meaning: 'Only each Nth match is hit.',
    example: 'disk error EIO on fsync every 100th',
    stray: /^\d+(st|nd|rd|th)$/,
    misfit: uncounted,
    read: (words) => words.value(every),
    write: ({ trigger }) => (trigger.every > 1 ? writeOrdinal(trigger.every) : null),
  },
  first: {
    syntax: 'first N',
    meaning: 'Ends after N: of what skip and every leave, only the first N are considered.',
    example: 'disk error ENOSPC on write first 3',
    excludes: ['once'],
    misfit: uncounted,
    read: (words) => words.value(first),
    write: ({ trigger }) =>
      trigger.first === undefined || trigger.first === 1 ? null : String(trigger.first),
  },
  once: {
    syntax: 'once',
    meaning: 'The same as first 1.',
    example: 'disk error EIO on fsync once',
    excludes: ['first'],
    misfit: uncounted,
    read: () => true,
    write: ({ trigger }) => (trigger.first === 1 ? '' : null),
  },
  for: {
    syntax: 'for D',
    meaning: 'Ends after D, counted from when the sidecar first saw this sentence. Without it or until: 10m.',
    example: 'disk freeze for 30s',
    excludes: ['until'],
    stray: /^\d+(ns|us|ms|s|m|h|d)/,
    read: (words) => words.value(lifetime),
    write: ({ deadline }) => (deadline.kind === 'for' ? writeDuration(deadline.ms) : null),
  },
  until: {
    syntax: 'until TIME',
    meaning: 'Ends at TIME.',
    example: 'disk readonly until 2026-03-01T12:00:00Z',
    excludes: ['for'],
    stray: /^\d{4}-\d\d-\d\d/,
    read: (words) => words.value(instant),
    write: ({ deadline }) => (deadline.kind === 'until' ? writeInstant(deadline.epochMs) : null),
  },
  seed: {
    syntax: 'seed N',
    meaning:
      'Fixes the dice: the same seed and order of operations give the same hits. Without it they are others each time it is armed.',
    example: 'disk error EIO on write chance 1% seed 42',
    misfit: ({ unit }) =>
      unit === 'packet' ? 'the kernel rolls the dice for packets, and has no seed' : null,
    read: (words) => words.value(seed),
    write: (fault) => (fault.seed === undefined ? null : String(fault.seed)),
  },
};

export const isClauseName = (text: string): text is ClauseName => Object.hasOwn(clauses, text);

/** In canonical order. */
export const clauseNames: readonly ClauseName[] = Object.keys(clauses).filter(isClauseName);

/** What the kernel drops packet by packet is not numbered. */
function uncounted({ unit }: EffectFacts): string | null {
  return unit === 'packet' ? 'packets are dropped by chance, not by number' : null;
}

interface PeerClause extends Pick<ClauseGrammar<unknown>, 'syntax' | 'meaning' | 'example' | 'excludes'> {
  peers(fault: Extract<Fault, { plane: 'tcp' }>): readonly Peer[] | undefined;
}

function peerClause({ peers, ...entry }: PeerClause): ClauseGrammar<readonly Peer[]> {
  return {
    ...entry,
    plane: 'tcp',
    read: (words) => words.list(peer),
    write: (fault) => (fault.plane === 'tcp' ? (peers(fault)?.map(writePeer).join(',') ?? null) : null),
  };
}

type VerbWord = DiskVerb | VerbGroup;

const inVerbOrder = (said: readonly VerbWord[] | null): readonly VerbWord[] | null =>
  said?.toSorted((one, other) => verbWords.indexOf(one) - verbWords.indexOf(other)) ?? null;

function readGlob(text: string): Reading<string> {
  const parsed = parseGlob(text);
  return parsed.kind === 'flaw' ? parsed : accepted(text);
}

function readVolume(text: string): Reading<string> {
  if (text === '') return flawed('bad-name', 'the name of a volume is never empty');
  return text.includes('/') ? flawed('bad-name', 'the name of a volume, not a path') : accepted(text);
}
