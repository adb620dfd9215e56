/** What answers one kind of request: the payload's length, or a negated errno. Never throws on what a user can cause. */
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';

export type Handler = (volume: Volume, request: Exchange) => number;

/** How long the kernel may trust attributes and names: what changes beneath us unseen shows after this. */
export const validSeconds = (volume: Volume, slot: number): number => (volume.metaIsFaulted(slot) ? 0 : 1);
