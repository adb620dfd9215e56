/** A fault from the parts of a sentence without problems. */
import type { Deadline, DiskMatch, Fault, TcpMatch, Trigger } from '../fault.js';
import type { ReadClauses } from './read-clauses.js';
import type { Head } from './read-head.js';

/** Null when there is no effect to make one from. */
export function buildFault(head: Head, said: ReadClauses): Fault | null {
  if (head.effect === null) return null;
  const when = {
    trigger: triggerOf(said),
    deadline: deadlineOf(said),
    ...(said.seed !== undefined && { seed: said.seed }),
  };
  return head.plane === 'disk'
    ? { plane: 'disk', effect: withJitter(head.effect, said), match: diskMatchOf(said), ...when }
    : { plane: 'tcp', effect: withJitter(head.effect, said), match: tcpMatchOf(said), ...when };
}

/** Jitter is said in a clause and belongs to the effect. */
function withJitter<E extends Fault['effect']>(effect: E, { jitter = 0 }: ReadClauses): E {
  return 'jitterMs' in effect ? { ...effect, jitterMs: jitter } : effect;
}

const diskMatchOf = (said: ReadClauses): DiskMatch => ({
  ...(said.on && { on: said.on }),
  ...(said.in !== undefined && { in: said.in }),
  ...(said.volume !== undefined && { volume: said.volume }),
});

const tcpMatchOf = (said: ReadClauses): TcpMatch => ({
  ...(said.port && { ports: said.port }),
  ...(said.from && { from: said.from }),
  ...(said.to && { to: said.to }),
  ...(said.with && { with: said.with }),
});

function triggerOf(said: ReadClauses): Trigger {
  const first = said.once ? 1 : said.first;
  return {
    chance: said.chance ?? 1,
    every: said.every ?? 1,
    ...(first !== undefined && { first }),
    skip: said.skip ?? 0,
  };
}

function deadlineOf(said: ReadClauses): Deadline {
  if (said.for !== undefined) return { kind: 'for', ms: said.for };
  return said.until === undefined ? { kind: 'default' } : { kind: 'until', epochMs: said.until };
}
