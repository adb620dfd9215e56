/** The effects of the TCP proxy. */
import type { TcpEffect, TcpEffectKind, TcpEffectOf } from '../fault.js';
import { limits } from '../limits.js';
import { type Amount, sizeOrDuration } from '../values/amount.js';
import { writeDuration } from '../values/duration.js';
import { percent, writePercent } from '../values/percent.js';
import { size, writeSize } from '../values/size.js';
import { delay, ifRead, perSecond, plural, readBits, tellDelay } from './amounts.js';
import type { TcpEffectGrammar } from './effect-grammar.js';
import type { WordReader } from './word-reader.js';

const amount = size({ min: 1, max: limits.bytes });
const sizeOrTime = sizeOrDuration({ min: 0, max: limits.bytes }, { min: 1e-3, max: limits.delayMs });

export const tcpEffects: { readonly [K in TcpEffectKind]: TcpEffectGrammar<TcpEffectOf<K>> } = {
  latency: {
    syntax: 'latency D',
    meaning: 'Bytes arrive D later, in order. Several latencies add up.',
    example: 'tcp latency 80ms jitter 20ms port 5432 from app=web',
    aka: ['delay', 'lag', 'slow'],
    dice: 'jitter',
    unit: 'chunk',
    read: (words) => ifRead(words.value(delay), (delayMs) => ({ kind: 'latency', delayMs, jitterMs: 0 })),
    write: ({ delayMs }) => writeDuration(delayMs),
    tell: ({ delayMs, jitterMs }) => `data arrives ${tellDelay(delayMs, jitterMs)} later, still in order`,
  },
  bandwidth: {
    syntax: 'bandwidth SIZE/s [each]',
    meaning:
      'At most SIZE a second passes, in each direction: of all that matches together, or of each connection.',
    example: 'tcp bandwidth 1Mi/s to pg-1',
    aka: ['throttle', 'rate'],
    dice: 'nothing',
    unit: 'connection',
    read: readBandwidth,
    write: ({ bytesPerSecond, each }) => `${perSecond.write(bytesPerSecond)}${each ? ' each' : ''}`,
    tell: ({ bytesPerSecond, each }) =>
      `at most ${perSecond.write(bytesPerSecond)} passes in each direction, ${each ? 'of each connection' : 'of all connections together'}`,
  },
  reset: {
    syntax: 'reset [after SIZE|D]',
    meaning:
      'Connections are reset on both sides: at once, when SIZE has passed, or D after they met the fault.',
    example: 'tcp reset after 4Ki port 5432 chance 5%',
    aka: ['rst', 'cut', 'kill'],
    dice: 'nothing',
    unit: 'connection',
    read: readReset,
    write: writeReset,
    tell: (effect) => `connections are reset on both sides ${tellWhen(effect)}`,
  },
  blackhole: {
    syntax: 'blackhole [close after D]',
    meaning:
      'Bytes are held and connections stay open; when the fault ends, everything arrives in order. With close after D connections end in order D after they met the fault, and what was held is lost.',
    example: 'tcp blackhole from pg-1 for 1m',
    aka: ['hang', 'freeze', 'stall', 'timeout'],
    dice: 'nothing',
    unit: 'connection',
    read: readBlackhole,
    write: ({ closeAfterMs }) => (closeAfterMs === null ? '' : `close after ${writeDuration(closeAfterMs)}`),
    tell: ({ closeAfterMs }) =>
      closeAfterMs === null
        ? 'data is held while connections stay open; when the fault ends all of it arrives, in order'
        : `data is held; ${writeDuration(closeAfterMs)} after it met the fault a connection ends on both sides, and what was held is lost; where the fault ends before, all of it arrives, in order`,
  },
  refuse: {
    syntax: 'refuse',
    meaning: 'New connections are refused, as where nothing listens.',
    example: 'tcp refuse port 5432 from app=web',
    aka: ['reject', 'deny'],
    dice: 'nothing',
    unit: 'connection',
    read: () => ({ kind: 'refuse' }),
    write: () => '',
    tell: () => 'new connections are refused, as where nothing listens',
  },
  partition: {
    syntax: 'partition',
    meaning: 'Packets are dropped, of open connections too; TCP heals them when the fault ends.',
    example: 'tcp partition from pg-1,10.0.7.0/24 for 2m',
    aka: ['drop', 'split', 'isolate'],
    dice: 'nothing',
    unit: 'packet',
    read: () => ({ kind: 'partition' }),
    write: () => '',
    tell: () => 'packets are dropped, of open connections too, which TCP heals when the fault ends',
  },
  loss: {
    syntax: 'loss P',
    meaning: 'Each packet is dropped with probability P.',
    example: 'tcp loss 5% with pg-1',
    aka: ['lose'],
    dice: 'chance',
    unit: 'packet',
    read: (words) => ifRead(words.value(percent), (chance) => ({ kind: 'loss', chance })),
    write: ({ chance }) => writePercent(chance),
    tell: ({ chance }) => `${writePercent(chance)} of the packets are dropped`,
  },
  slice: {
    syntax: 'slice SIZE',
    meaning: 'Data arrives in pieces of at most SIZE.',
    example: 'tcp slice 512B port 5432',
    aka: ['slicer', 'fragment'],
    dice: 'nothing',
    unit: 'chunk',
    read: (words) => ifRead(words.value(amount), (bytes) => ({ kind: 'slice', bytes })),
    write: ({ bytes }) => writeSize(bytes),
    tell: ({ bytes }) => `data arrives in pieces of at most ${writeSize(bytes)}`,
  },
  'slow-close': {
    syntax: 'slow-close D',
    meaning: 'The end of a connection arrives D later.',
    example: 'tcp slow-close 2s port 5432',
    aka: ['slow_close', 'slowclose'],
    dice: 'nothing',
    unit: 'connection',
    read: (words) => ifRead(words.value(delay), (delayMs) => ({ kind: 'slow-close', delayMs })),
    write: ({ delayMs }) => writeDuration(delayMs),
    tell: ({ delayMs }) => `the end of a connection arrives ${writeDuration(delayMs)} later`,
  },
  limit: {
    syntax: 'limit SIZE',
    meaning:
      'Connections end in order on both sides when SIZE has passed; what is sent beyond it is thrown away.',
    example: 'tcp limit 1Mi port 5432',
    aka: ['limit_data'],
    dice: 'nothing',
    unit: 'connection',
    read: (words) => ifRead(words.value(amount), (bytes) => ({ kind: 'limit', bytes })),
    write: ({ bytes }) => writeSize(bytes),
    tell: ({ bytes }) => `connections end in order on both sides when ${writeSize(bytes)} has passed`,
  },
  corrupt: {
    syntax: 'corrupt N bits [tls]',
    meaning:
      'N bits are flipped in what is sent on, once a connection. With tls also where it speaks TLS, which notices and aborts.',
    example: 'tcp corrupt 1 bits port 6379 once',
    aka: ['flip', 'bitflip'],
    dice: 'bits',
    unit: 'connection',
    read: readCorrupt,
    write: (effect) => `${effect.bits} bits${effect.tls ? ' tls' : ''}`,
    tell: (effect) =>
      `data is sent on with ${plural(effect.bits, 'bit')} flipped, once a connection${effect.tls ? ', TLS included' : '; connections that speak TLS are spared, since TLS would notice and abort'}`,
  },
};

export const tcpGrammarOf = (effect: TcpEffect): TcpEffectGrammar<TcpEffect> => tcpEffects[effect.kind];

function readBandwidth(words: WordReader): TcpEffectOf<'bandwidth'> | null {
  const bytesPerSecond = words.value(perSecond);
  const each = words.option('each');
  return ifRead(bytesPerSecond, (value) => ({ kind: 'bandwidth', bytesPerSecond: value, each }));
}

function readCorrupt(words: WordReader): TcpEffectOf<'corrupt'> | null {
  const number = readBits(words);
  const tls = words.option('tls');
  return ifRead(number, (value) => ({ kind: 'corrupt', bits: value, tls }));
}

const isTcpEffect = (name: string): name is TcpEffectKind => Object.hasOwn(tcpEffects, name);

/** Is it the name of an effect that the kernel applies, packet by packet? */
export const isOfPackets = (name: string): boolean => isTcpEffect(name) && tcpEffects[name].unit === 'packet';

export const tcpEffectNames = Object.keys(tcpEffects).filter(isTcpEffect);

/** An amount where only `after` could stand is taken for one that lacks it. */
function readReset(words: WordReader): TcpEffectOf<'reset'> | null {
  if (!words.hasValue()) return { kind: 'reset', afterBytes: 0, afterMs: 0 };
  words.keyword('after');
  return ifRead(words.value(sizeOrTime), resetAfter);
}

const resetAfter = ({ unit, value }: Amount): TcpEffectOf<'reset'> =>
  unit === 'ms'
    ? { kind: 'reset', afterBytes: 0, afterMs: value }
    : { kind: 'reset', afterBytes: value, afterMs: 0 };

function writeReset({ afterBytes, afterMs }: TcpEffectOf<'reset'>): string {
  if (afterMs > 0) return `after ${writeDuration(afterMs)}`;
  return afterBytes === 0 ? '' : `after ${writeSize(afterBytes)}`;
}

function tellWhen({ afterBytes, afterMs }: TcpEffectOf<'reset'>): string {
  if (afterMs > 0) return `${writeDuration(afterMs)} after they met the fault`;
  return afterBytes === 0 ? 'at once' : `when ${writeSize(afterBytes)} has passed`;
}

function readBlackhole(words: WordReader): TcpEffectOf<'blackhole'> | null {
  const isAfter = words.peek()?.text === 'after';
  if (isAfter) words.keyword('close');
  else if (!words.option('close')) return { kind: 'blackhole', closeAfterMs: null };
  words.keyword('after');
  return ifRead(words.value(delay), (closeAfterMs) => ({ kind: 'blackhole', closeAfterMs }));
}
