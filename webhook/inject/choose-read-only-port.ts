/** At which port of the pod the sidecar shows what it does, if at any. */
import { annotation } from '../../core/keys.js';
import { controlPort } from '../../core/pod-layout.js';
import type { InjectionConfig } from '../injection-config.js';
import type { Note } from '../reasons.js';
import { type PortChoice, readPort } from './choose-ports.js';
import type { OriginalPod } from './original-pod.js';

export interface ReadOnlyPortChoice {
  /** Null: there is none. */
  readonly readOnlyPort: number | null;
  readonly notes: readonly Note[];
}

/** A port that the pod has itself is never taken: what its containers declare, and what they do not but faults are about. */
export function chooseReadOnlyPort(
  { annotations, containers, initContainers }: OriginalPod,
  { inbound }: Pick<PortChoice, 'inbound'>,
  config: Pick<InjectionConfig, 'readOnlyPort'>,
): ReadOnlyPortChoice {
  const given = annotations[annotation.readOnlyPort]?.trim() || String(config.readOnlyPort);
  if (given === 'none') return none();
  const port = readPort(given);
  if (port === null) return none({ code: 'bad-port', subject: `${annotation.readOnlyPort}=${given}` });
  const declared = [...containers, ...initContainers].flatMap(({ ports }) =>
    (ports ?? []).map(({ containerPort }) => containerPort),
  );
  const isTaken = [...inbound, ...declared, controlPort].includes(port);
  return isTaken ? none({ code: 'port-taken', subject: String(port) }) : { readOnlyPort: port, notes: [] };
}

const none = (...notes: readonly Note[]): ReadOnlyPortChoice => ({ readOnlyPort: null, notes });
