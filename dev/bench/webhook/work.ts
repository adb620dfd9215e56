/** What the bench of the webhook measures. */
import type { Context, Work as WorkOf } from '../work.js';
import type { Place } from './place.js';
import type { Size } from './size.js';

export interface WorkContext extends Context {
  readonly place: Place;
  readonly size: Size;
}

export type Work = WorkOf<WorkContext>;
