/**
 * A container killed by the kubelet's own means, with no exec and no privilege: the image of a container is the one field
 * of a running pod's containers that may change, and the kubelet restarts a container whose image is spelled otherwise. The
 * same image under another name is the same program: SIGTERM, the grace period, SIGKILL, and it is started again, within
 * the same pod, on the same node and volumes.
 *
 *     postgres:16  ─►  docker.io/library/postgres:16@sha256:...  what the kubelet itself says that it runs
 *
 * The pod keeps that spelling: to write the old one back would be one restart more. Its template has the old one.
 */
import { HavocError } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import type { PlannedChange } from '../../world.js';
import { type Changer, type Changing, nothingToTakeBack, podSubject } from './changing.js';
import type { PodView } from './pod-view.js';

interface PodObject extends KubeObject {
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly imageID?: string;
      readonly restartCount?: number;
    }[];
  };
}

/** Null: the first container of the pod. */
export const containerRestart = (container: string | null): Changer => ({
  plan: async (pods, changing) => Promise.all(pods.map((pod) => planFor(pod, container, changing))),
  make: async (planned, changing) => {
    const name = String(planned.was['container']);
    await changing.api.patch(targetOf(planned, changing), {
      kind: 'strategic-merge',
      body: {
        metadata: { uid: planned.subject.uid },
        spec: { containers: [{ name, image: planned.was['otherImage'] }] },
      },
    });
    await untilRestarted(planned, changing);
    return `container ${name} of ${planned.subject.name} is restarted`;
  },
  takeBack: nothingToTakeBack,
});

async function planFor(
  pod: PodView,
  wanted: string | null,
  { api, run: { namespace } }: Changing,
): Promise<PlannedChange> {
  const object = await api.get<PodObject>({ resource: resources.pods, namespace, name: pod.name });
  const containers = object?.spec?.containers ?? [];
  const container = wanted === null ? containers[0] : containers.find(({ name }) => name === wanted);
  if (container === undefined)
    throw new HavocError(
      'experiment.no-container',
      `pod ${pod.name} has no container ${wanted}; it has ${containers.map(({ name }) => name).join(', ')}`,
    );
  const status = object?.status?.containerStatuses?.find(({ name }) => name === container.name);
  const otherImage = otherSpelling(container.image ?? '', status?.imageID ?? '');
  return {
    subject: podSubject(pod),
    was: {
      ...{ container: container.name, image: container.image, otherImage },
      restarts: status?.restartCount ?? 0,
    },
  };
}

/** Of the same image. By its digest, where it came from a registry, or else by its id: neither is pulled again. */
export function otherSpelling(image: string, imageId: string): string {
  const id = imageId.replace(/^[a-z-]+:\/\//, '');
  if (id !== '' && id !== image) return id;
  if (image.startsWith('docker.io/library/')) return image.slice('docker.io/library/'.length);
  return image.includes('/') ? `${image}:latest` : `docker.io/library/${image}`;
}

const targetOf = ({ subject: { name } }: PlannedChange, { run: { namespace } }: Changing) => ({
  resource: resources.pods,
  ...{ namespace, name },
});

const restartMs = 120_000;
const lookMs = 500;

async function untilRestarted(planned: PlannedChange, { podOf, clock }: Changing): Promise<void> {
  const untilMs = clock.monotonicMs() + restartMs;
  for (;;) {
    const container = podOf(planned)?.containers.find(({ name }) => name === planned.was['container']);
    // A pod that is gone took its containers with it.
    if (container === undefined || container.restarts > Number(planned.was['restarts'])) return;
    if (clock.monotonicMs() >= untilMs)
      throw new HavocError(
        'experiment.not-restarted',
        `container ${container.name} of ${planned.subject.name} was not restarted within ${restartMs / 1000} s`,
      );
    await sleep(lookMs, { clock });
  }
}
