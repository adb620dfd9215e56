/** Which TCP ports of a pod the sidecar stands before: those that are named, else those the containers declare. */
import { annotation } from '../../core/keys.js';
import { type Container, isPort } from '../pod.js';
import type { Note } from '../reasons.js';
import type { OriginalPod } from './original-pod.js';
import { parseListAnnotation } from './parse-list-annotation.js';

export interface PortChoice {
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  readonly notes: readonly Note[];
}

/** A mesh's own doors are none of the application's. */
const meshProxies: readonly string[] = ['istio-proxy', 'linkerd-proxy'];

/** Ascending, each once. */
export function choosePorts(pod: OriginalPod): PortChoice {
  const notes: Note[] = [];
  const named = (key: string): readonly number[] | null =>
    parseListAnnotation(pod.annotations[key])?.flatMap((item) => {
      const port = readPort(item);
      if (port === null) notes.push({ code: 'bad-port', subject: item });
      return port ?? [];
    }) ?? null;
  const inbound = named(annotation.ports) ?? declaredPorts(pod);
  const outbound = named(annotation.outboundPorts) ?? [];
  return { inbound: ascending(inbound), outbound: ascending(outbound), notes };
}

function declaredPorts({ containers, initContainers }: OriginalPod): readonly number[] {
  const serving = [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  return serving.filter(({ name }) => !meshProxies.includes(name)).flatMap(tcpPorts);
}

const tcpPorts = ({ ports }: Container): readonly number[] =>
  (ports ?? [])
    .filter(({ protocol }) => protocol === undefined || protocol === null || protocol === 'TCP')
    .flatMap(({ containerPort }) => (isPort(containerPort) ? containerPort : []));

export const readPort = (text: string): number | null => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : null;
  return isPort(port) ? port : null;
};

const ascending = (ports: readonly number[]): readonly number[] =>
  [...new Set(ports)].sort((one, other) => one - other);
