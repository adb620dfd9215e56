/** What a sidecar shows to strangers: its faults and its metrics. */
import type { ReadOnlyPage } from './read-only-server.js';
import type { Page } from './shared-page.js';

/** What the main thread makes; by the names under which it is asked. */
export const pageNames = ['faults', 'metrics'] as const;
export type PageName = (typeof pageNames)[number];

/** By their paths. */
export const sidecarPages = (make: (name: PageName) => Promise<Page>): ReadonlyMap<string, ReadOnlyPage> =>
  new Map([
    ['/v1/faults', { type: 'application/json; charset=utf-8', make: () => make('faults') }],
    ['/metrics', { type: 'text/plain; version=0.0.4; charset=utf-8', make: () => make('metrics') }],
  ]);
