/**
 * A pod as JSON gave it. What injection looks at is typed, and checked once, here; every other field is nobody's
 * business and stays. Nothing is ever rebuilt from these types.
 */
import { isObject } from '../core/json.js';

export interface Pod {
  readonly metadata?: Metadata | null;
  readonly spec: PodSpec;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly labels?: Readonly<Record<string, string>> | null;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[] | null;
  readonly volumes?: readonly PodVolume[] | null;
  readonly hostNetwork?: unknown;
  readonly hostUsers?: unknown;
  readonly shareProcessNamespace?: unknown;
  readonly os?: { readonly name?: unknown } | null;
  readonly nodeSelector?: Readonly<Record<string, unknown>> | null;
  /** Of the pod as a whole (KEP-2837). */
  readonly resources?: ResourceRequirements | null;
}

export interface Container {
  readonly name: string;
  readonly restartPolicy?: unknown;
  readonly ports?: readonly ContainerPort[] | null;
  readonly resources?: ResourceRequirements | null;
  readonly volumeMounts?: readonly VolumeMount[] | null;
  readonly volumeDevices?: readonly { readonly name?: unknown }[] | null;
}

export interface ContainerPort {
  readonly containerPort?: unknown;
  readonly protocol?: unknown;
}

export interface ResourceRequirements {
  readonly requests?: Readonly<Record<string, unknown>> | null;
  readonly limits?: Readonly<Record<string, unknown>> | null;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: unknown;
  readonly subPath?: string | null;
  readonly subPathExpr?: string | null;
  readonly mountPropagation?: string | null;
  readonly recursiveReadOnly?: string | null;
}

/** Its name and, under the name of its kind, its source. */
export interface PodVolume {
  readonly name: string;
  readonly [source: string]: unknown;
}

/** Null where the API server would refuse it too: it is not our part to say why. */
export function readPod(value: unknown): Pod | null {
  return isObject(value) && isOptional(value['metadata'], isMetadata) && isSpec(value['spec'])
    ? (value as unknown as Pod)
    : null;
}

/** Of TCP. */
export const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;

const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || value === null || is(value);

const isListOf =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(is);

const isText = (value: unknown): boolean => typeof value === 'string';

const isTexts = (value: unknown): boolean => isObject(value) && Object.values(value).every(isText);

const isMetadata = (value: unknown): boolean =>
  isObject(value) && isOptional(value['annotations'], isTexts) && isOptional(value['labels'], isTexts);

const isSpec = (value: unknown): boolean =>
  isObject(value) &&
  isListOf(isContainer)(value['containers']) &&
  isOptional(value['initContainers'], isListOf(isContainer)) &&
  isOptional(value['volumes'], isListOf(isVolume)) &&
  isOptional(value['os'], isObject) &&
  isOptional(value['nodeSelector'], isObject) &&
  isOptional(value['resources'], isResources);

const isContainer = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['name']) &&
  isOptional(value['ports'], isListOf(isObject)) &&
  isOptional(value['resources'], isResources) &&
  isOptional(value['volumeMounts'], isListOf(isMount)) &&
  isOptional(value['volumeDevices'], isListOf(isObject));

const isResources = (value: unknown): boolean =>
  isObject(value) && isOptional(value['requests'], isObject) && isOptional(value['limits'], isObject);

const isMount = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['name']) &&
  isText(value['mountPath']) &&
  isOptional(value['subPath'], isText) &&
  isOptional(value['subPathExpr'], isText) &&
  isOptional(value['mountPropagation'], isText) &&
  isOptional(value['recursiveReadOnly'], isText);

const isVolume = (value: unknown): boolean => isObject(value) && isText(value['name']);
