/** Requests and limits of the sidecars: small, settable, and such that the pod stays of the class it was. */

import { annotation } from '../../core/keys.js';
import { writeSize } from '../../faults/values/size.js';
import type { Compute, FaultsResources, InjectionConfig, SidecarResources } from '../injection-config.js';
import type { Note } from '../reasons.js';
import type { OriginalPod } from './original-pod.js';
import { type QualityOfService, qualityOfService } from './quality-of-service.js';
import { readQuantity } from './quantity.js';

export interface Resources {
  readonly requests?: Partial<Compute>;
  readonly limits?: Partial<Compute>;
}

export interface ResourceChoice {
  readonly mount: Resources;
  readonly faults: Resources;
  readonly notes: readonly Note[];
}

export function chooseResources(
  pod: OriginalPod,
  { resources: { mount, faults } }: InjectionConfig,
  volumes: number,
): ResourceChoice {
  const service = qualityOfService(pod);
  const { asked, notes } = readAsked(pod.annotations);
  return {
    mount: resourcesFor(service, mount, {}),
    faults: resourcesFor(service, withVolumes(faults, volumes), asked),
    notes,
  };
}

function withVolumes(resources: FaultsResources, volumes: number): SidecarResources {
  const { requests, limits, guaranteed, memoryPerVolume } = resources;
  const added = volumes * (readQuantity(memoryPerVolume) ?? 0);
  const more = <T extends Partial<Compute>>(amounts: T): T =>
    amounts.memory === undefined ? amounts : { ...amounts, memory: sumOf(amounts.memory, added) };
  return { requests: more(requests), limits: more(limits), guaranteed: more(guaranteed) };
}

/** Whole bytes, as Kubernetes writes them. */
const sumOf = (memory: string, addedBytes: number): string =>
  writeSize(Math.ceil((readQuantity(memory) ?? 0) + addedBytes)).replace(/B$/, '');

const askable = ['cpu', 'cpuLimit', 'memory', 'memoryLimit'] as const;

/** What the pod's annotations ask for. */
type Asked = Partial<Readonly<Record<(typeof askable)[number], string>>>;

function readAsked(annotations: OriginalPod['annotations']): { asked: Asked; notes: readonly Note[] } {
  const given = askable.flatMap((name) => {
    const value = annotations[annotation[name]];
    return value === undefined ? [] : [{ name, value, isSound: (readQuantity(value) ?? 0) > 0 }];
  });
  const asked = Object.fromEntries(
    given.filter(({ isSound }) => isSound).map(({ name, value }) => [name, value]),
  );
  const notes = given
    .filter(({ isSound }) => !isSound)
    .map(({ name, value }): Note => ({ code: 'bad-quantity', subject: `${annotation[name]}=${value}` }));
  return { asked, notes };
}

function resourcesFor(service: QualityOfService, defaults: SidecarResources, asked: Asked): Resources {
  // What a pod has as a whole is shared by all its containers, ours among them.
  if (service.isOfWholePod) return {};
  if (service.isGuaranteed) return guaranteed(defaults, asked);
  const { requests, limits } = defaults;
  const limited = (name: keyof Compute): string | undefined =>
    limits[name] ?? (service.limited[name] ? defaults.guaranteed[name] : undefined);
  const [cpu, memory] = [asked.cpu ?? requests.cpu, asked.memory ?? requests.memory];
  return {
    requests: { cpu, memory },
    limits: atLeast({ cpu, memory }, [
      ['cpu', asked.cpuLimit ?? limited('cpu')],
      ['memory', asked.memoryLimit ?? limited('memory')],
    ]),
  };
}

function guaranteed(defaults: SidecarResources, asked: Asked): Resources {
  const amounts = {
    cpu: asked.cpuLimit ?? asked.cpu ?? defaults.guaranteed.cpu,
    memory: asked.memoryLimit ?? asked.memory ?? defaults.guaranteed.memory,
  };
  return { requests: amounts, limits: amounts };
}

/** A limit below its request is refused by the API server: whoever asks for more than the limit gets it. */
function atLeast(
  requests: Compute,
  limits: readonly (readonly [keyof Compute, string | undefined])[],
): Partial<Compute> {
  return Object.fromEntries(
    limits.flatMap(([name, limit]) => {
      if (limit === undefined) return [];
      const isEnough = (readQuantity(limit) ?? 0) >= (readQuantity(requests[name]) ?? 0);
      return [[name, isEnough ? limit : requests[name]]];
    }),
  );
}
