/** The effects of TCP as the proxy applies them: one file each, beside this one. */
import type { TcpEffect, TcpEffectKind, TcpEffectOf } from '../../../faults/fault.js';
import { bandwidth } from './bandwidth.js';
import { blackhole } from './blackhole.js';
import { corruption } from './corrupt.js';
import type { EffectRule, Ending } from './effect-rule.js';
import { latency } from './latency.js';
import { limit } from './limit.js';
import { loss } from './loss.js';
import { partition } from './partition.js';
import { refuse } from './refuse.js';
import { reset } from './reset.js';
import { slice } from './slice.js';
import { slowClose } from './slow-close.js';

const effectRules: { readonly [K in TcpEffectKind]: EffectRule<TcpEffectOf<K>> } = {
  latency,
  bandwidth,
  reset,
  blackhole,
  refuse,
  partition,
  loss,
  slice,
  'slow-close': slowClose,
  limit,
  corrupt: corruption,
};

export const ruleOf = (effect: TcpEffect): EffectRule<TcpEffect> => effectRules[effect.kind];

/** Null: it ends no connection. */
export function endingOf(effect: TcpEffect): Ending<TcpEffect> | null {
  const rule = ruleOf(effect);
  return rule.on === 'flow' ? rule.ending : null;
}
