/** What the webhook's leader tells of pods without a sidecar, by events. */
import type { CoreV1Event } from '@kubernetes/client-node';
import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';

/** Resolves with what the event at each of them says, pod or workload, once all are told. */
export async function toldByEvent(
  environment: Environment,
  ...objects: readonly string[]
): Promise<readonly string[]> {
  const skipped = ['get', 'events', '--field-selector=reason=SidecarSkipped'];
  const told = new Map<string, string>();
  await eventually(
    `events tell ${objects.length} objects`,
    async () => {
      const { items } = await environment.json<{ items: readonly CoreV1Event[] }>(skipped);
      for (const { involvedObject, message } of items) told.set(involvedObject.name ?? '', message ?? '');
      const untold = objects.filter((name) => !told.has(name));
      return untold.length === 0 || `none at ${untold}`;
    },
    { boundMs: 60_000 },
  );
  return objects.map((name) => told.get(name) ?? '');
}
