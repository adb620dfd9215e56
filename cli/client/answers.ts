/** The shapes of the control endpoint's answers, as far as the command line relies on them. */

import type { SentenceProblem } from '../../faults/way-out.js';
import type { FaultEvent } from '../../sidecar/registry/fault-events.js';
import type { ListedFault } from '../../sidecar/registry/listed-fault.js';
import { type Decoder, flag, list, number, oneOf, optional, orNull, record, text } from './decode.js';

const tallies = record({ matched: number, injected: number, exempted: number, passed: number });

const problem = record({
  code: text,
  message: text,
  column: number,
  length: number,
  found: text,
  allowed: optional(list(text)),
  nearest: optional(text),
}) as Decoder<SentenceProblem>;

export const shownProblems = list(problem);

export type ShownFault = Omit<ListedFault, 'problems'> & { readonly problems: readonly SentenceProblem[] };

const met = record({ matched: number, injected: number, exempted: number });
const traffic = record({ connections: met, bytes: met });

export const shownFault: Decoder<ShownFault> = record({
  name: text,
  source: oneOf('annotation', 'control', 'local'),
  sentence: text,
  state: oneOf('armed', 'expired', 'disarmed', 'shadowed', 'refused'),
  reason: orNull(text),
  plane: orNull(oneOf('disk', 'tcp')),
  effect: orNull(text),
  explanation: orNull(text),
  startedAt: orNull(text),
  endsAt: orNull(text),
  remainingMs: number,
  seed: orNull(number),
  tallies,
  traffic: orNull(traffic),
  remarks: list(text),
  problems: shownProblems,
});

export const faultList = record({ faults: list(shownFault) });

export type ShownEvent = Omit<FaultEvent, 'problems'> & { readonly problems: readonly SentenceProblem[] };

export const shownEvent: Decoder<ShownEvent> = record({
  id: text,
  at: text,
  kind: oneOf('armed', 'hit', 'expired', 'disarmed', 'refused'),
  name: text,
  source: oneOf('annotation', 'control', 'local'),
  sentence: text,
  reason: orNull(text),
  tallies: orNull(tallies),
  problems: shownProblems,
});

const mount = record({
  volume: text,
  backing: text,
  mountpoint: text,
  readOnly: flag,
  protocol: text,
  features: list(text),
  resend: flag,
  backingTrouble: orNull(text),
});

const ports = list(number);

const interception = record({
  inboundPorts: ports,
  outboundPorts: ports,
  node: list(text),
  mended: number,
  conntrack: orNull(record({ entries: number, most: number })),
});

const tcp = record({
  forwards: list(record({ listen: text, upstream: text })),
  interception: orNull(interception),
  open: number,
  accepted: number,
  upstreamFailures: number,
  resets: number,
  heldBytes: number,
  exhausted: number,
  disarmedBy: orNull(text),
});

export const shownStatus = record({
  version: text,
  node: text,
  kernel: text,
  pids: record({ plane: number, holder: orNull(number) }),
  startedAt: text,
  uptimeMs: number,
  restarts: number,
  ready: flag,
  notReady: orNull(text),
  plan: record({
    version: number,
    changedAt: text,
    ageMs: number,
    armed: number,
    listed: number,
    seed: number,
    seedGiven: flag,
    disarmedBy: orNull(text),
  }),
  disk: orNull(
    record({
      mounts: list(mount),
      parked: number,
      parkedOverflows: number,
      exhausted: number,
      disarmedBy: orNull(text),
    }),
  ),
  tcp: orNull(tcp),
});

export type ShownStatus = ReturnType<typeof shownStatus>;
export type ShownTcp = ReturnType<typeof tcp>;
export type ShownMount = ReturnType<typeof mount>;

export const problemDocument = record({
  title: text,
  detail: text,
  code: text,
  problems: optional(shownProblems),
});
