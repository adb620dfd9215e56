/**
 * The annotation `havock8s.io/status`: what was injected, and what a second pass needs to take it back.
 *
 *     {"version":"0.1.0","by":"webhook","image":"localhost/havock8s:0.1.0","volumes":["data"],"inbound":[5432],
 *      "outbound":[],"left":[{"code":"block-device","subject":"raw"}]}
 */

import { isObject } from '../core/json.js';
import { isReplacedFields, type ReplacedFields } from './inject/served-mount.js';
import { webhookLimits } from './limits.js';
import { isPort } from './pod.js';
import type { Note } from './reasons.js';

export interface InjectionStatus {
  /** Of havock8s. */
  readonly version: string;
  /** `hand` is `havock8s inject`: the webhook leaves such a pod alone. */
  readonly by: 'webhook' | 'hand';
  readonly image: string;
  readonly volumes: readonly string[];
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  /** Where the sidecar shows its faults and metrics; absent: nowhere. */
  readonly readOnlyPort?: number;
  /** What was left alone and why. */
  readonly left: readonly Note[];
  /** The label of injected pods is ours, and goes with the sidecars; absent: the pod's author had set it. */
  readonly labelled?: true;
  /** Fields of mounts that had to go, by container and mount path: `postgres:/var/lib/postgresql`. */
  readonly replaced?: Readonly<Record<string, ReplacedFields>>;
  /** By hand: what of the manifest's text was written over, by JSON pointer into its document. */
  readonly source?: Readonly<Record<string, WrittenOver>>;
}

export interface WrittenOver {
  readonly text: string;
  /** Where it was null, or an empty list or map: that. */
  readonly empty?: unknown;
}

/** Null where it is absent or somebody else's: nothing is believed by halves, for anybody may write this annotation. */
export function readStatus(text: string | undefined): InjectionStatus | null {
  if (text === undefined || text.length > webhookLimits.annotationBytes) return null;
  const value = parseJson(text);
  return isStatus(value) ? (value as unknown as InjectionStatus) : null;
}

export const writeStatus = (status: InjectionStatus): string => JSON.stringify(status);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isStatus = (value: unknown): boolean =>
  isObject(value) &&
  isShort(value['version']) &&
  (value['by'] === 'webhook' || value['by'] === 'hand') &&
  isShort(value['image']) &&
  isListOf(value['volumes'], isShort, webhookLimits.servedVolumes) &&
  isListOf(value['inbound'], isPort, webhookLimits.ports) &&
  isListOf(value['outbound'], isPort, webhookLimits.ports) &&
  isListOf(value['left'], isNote, webhookLimits.notes) &&
  (value['readOnlyPort'] === undefined || isPort(value['readOnlyPort'])) &&
  (value['labelled'] === undefined || value['labelled'] === true) &&
  (value['replaced'] === undefined ||
    (isObject(value['replaced']) && Object.values(value['replaced']).every(isReplacedFields))) &&
  (value['source'] === undefined ||
    (isObject(value['source']) && Object.values(value['source']).every(isWrittenOver)));

const isWrittenOver = (value: unknown): boolean => isObject(value) && typeof value['text'] === 'string';

const isListOf = (value: unknown, is: (item: unknown) => boolean, most: number): boolean =>
  Array.isArray(value) && value.length <= most && value.every(is);

const isShort = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= webhookLimits.subjectLength;

/** A code of another version is taken as well. */
const isNote = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['code'] === 'string' &&
  /^[a-z][a-z-]{0,63}$/.test(value['code']) &&
  isShort(value['subject']);
