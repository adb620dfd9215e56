/** Everything an effect may need of the request it is applied to. */
import type { DiskDecision } from '../../../faults/decision.js';
import type { Handler } from '../passthrough/handler.js';
import type { Counters } from '../state/counters.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';

export interface Outcome {
  readonly volume: Volume;
  readonly counters: Counters;
  readonly request: Exchange;
  readonly handler: Handler;
  readonly decision: DiskDecision;
}
