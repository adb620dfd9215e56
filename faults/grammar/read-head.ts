/** Reads the start of a sentence: the plane, the effect and its amounts. */

import { nearest } from '../../core/nearest.js';
import type { DiskEffect, DiskEffectKind, TcpEffect, TcpEffectKind } from '../fault.js';
import { diskEffectNames, diskEffects } from './disk-effects.js';
import type { EffectFacts } from './effect-grammar.js';
import { skipToClause } from './stray-words.js';
import { suggest } from './syntax.js';
import { tcpEffectNames, tcpEffects } from './tcp-effects.js';
import type { Word } from './word.js';
import type { WordReader } from './word-reader.js';

/** As far as it was understood: `effect` is null when its amounts are flawed. */
export type Head =
  | { readonly plane: 'disk'; readonly name: DiskEffectKind; readonly effect: DiskEffect | null }
  | { readonly plane: 'tcp'; readonly name: TcpEffectKind; readonly effect: TcpEffect | null }
  | { readonly plane: Plane | null; readonly name: null; readonly effect: null };

type Plane = 'disk' | 'tcp';

type NamedEffect =
  | { readonly plane: 'disk'; readonly name: DiskEffectKind; readonly aka: readonly string[] }
  | { readonly plane: 'tcp'; readonly name: TcpEffectKind; readonly aka: readonly string[] };

export function readHead(words: WordReader): Head {
  const plane = readPlane(words);
  const word = words.hasValue() ? words.next() : null;
  if (word !== null) return readEffect(words, word, plane);
  words.missing('an effect such as latency', { allowed: effectsOf(plane).map(({ name }) => name) });
  return { plane, name: null, effect: null };
}

/** Null where no effect is named. */
export function factsOf(head: Head): EffectFacts | null {
  if (head.name === null) return null;
  return head.plane === 'disk' ? { ...diskEffects[head.name], unit: 'operation' } : tcpEffects[head.name];
}

const planes: readonly Plane[] = ['disk', 'tcp'];

/** Null when nothing tells which is meant. An effect with no plane before it stays to be read. */
function readPlane(words: WordReader): Plane | null {
  const word = words.peek();
  if (word === null) return null;
  const said = planes.find((plane) => isSaid(word, plane));
  const implied = named(word, null)?.plane;
  if (said === undefined) reportPlane(words, word, implied);
  if (words.hasValue() && (said !== undefined || implied === undefined)) words.next();
  return said ?? implied ?? planeNear(word) ?? null;
}

function reportPlane(words: WordReader, word: Word, implied: Plane | undefined): void {
  const meant = implied === undefined ? planeNear(word) : `${implied} ${word.text}`;
  const message = 'a sentence starts with its plane, disk or tcp';
  words.report(word, { code: 'unknown-plane', message, allowed: planes, ...suggest(meant) });
}

function planeNear({ text }: Word): Plane | undefined {
  const near = nearest(text, planes);
  return planes.find((plane) => plane === near);
}

function readEffect(words: WordReader, word: Word, plane: Plane | null): Head {
  const effect = effectMeant(words, word, plane);
  if (effect === null) {
    skipToClause(words);
    return { plane, name: null, effect: null };
  }
  if (effect.plane === 'disk') return { ...effect, effect: diskEffects[effect.name].read(words) };
  return { ...effect, effect: tcpEffects[effect.name].read(words) };
}

/** What the word says; else it is reported, and what it most likely means is read on. */
function effectMeant(words: WordReader, word: Word, plane: Plane | null): NamedEffect | null {
  const said = named(word, plane);
  if (said !== undefined) return said;
  const foreign = named(word, null);
  const near = foreign ?? effectNear(word, plane);
  const allowed = effectsOf(plane).map(({ name }) => name);
  if (foreign !== undefined) {
    const message = `${foreign.name} is an effect of ${foreign.plane}`;
    words.report(word, { code: 'wrong-plane', message, allowed });
  } else {
    const message = `"${word.text}" is not an effect`;
    words.report(word, { code: 'unknown-effect', message, allowed, ...suggest(near?.name) });
  }
  return near ?? null;
}

const isSaid = (word: Word, name: string): boolean => word.text === name && !word.quoted;

const named = (word: Word, plane: Plane | null): NamedEffect | undefined =>
  effectsOf(plane).find(({ name }) => isSaid(word, name));

/** By what people call it, then by its letters. */
function effectNear({ text }: Word, plane: Plane | null): NamedEffect | undefined {
  const effects = effectsOf(plane);
  const alias = effects.find(({ aka }) => aka.includes(text.toLowerCase()));
  if (alias !== undefined) return alias;
  const near = nearest(
    text,
    effects.map(({ name }) => name),
  );
  return effects.find(({ name }) => name === near);
}

const effectsOf = (plane: Plane | null): readonly NamedEffect[] =>
  plane === null ? allEffects : allEffects.filter((effect) => effect.plane === plane);

const allEffects: readonly NamedEffect[] = [
  ...diskEffectNames.map((name) => ({ plane: 'disk' as const, name, aka: diskEffects[name].aka })),
  ...tcpEffectNames.map((name) => ({ plane: 'tcp' as const, name, aka: tcpEffects[name].aka })),
];
