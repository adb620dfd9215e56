/**
 * The annotation `havock8s.io/status`: what was injected, and what a second pass needs to take it back.
 *
 *     {"version":"0.1.0","by":"webhook","image":"havock8s/havock8s:0.1.0","volumes":["data"],"inbound":[5432],
 *      "outbound":[],"left":[{"code":"block-device","subject":"raw"}]}
 */
import type { Note } from './admission.js';

export interface InjectionStatus {
  /** Of havock8s. */
  readonly version: string;
  /** `hand` is `havock8s inject`: the webhook leaves such a pod alone. */
  readonly by: 'webhook' | 'hand';
  readonly image: string;
  readonly volumes: readonly string[];
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  /** What was left alone and why. */
  readonly left: readonly Note[];
  /** Fields of volume mounts that had to go: `CONTAINER/MOUNTPATH` to what stood there. */
  readonly replaced?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
