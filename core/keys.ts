/** The labels and annotations by which people and the webhook speak to each other, and both to the sidecar. */

/** One annotation is one fault: what follows is its name, the value its sentence. */
export const faultPrefix = 'fault.havock8s.io/';

/** Of a namespace: `enabled` lets its pods be injected. */
export const injectionLabel = 'havock8s.io/injection';
export const injectionEnabled = 'enabled';

export const annotation = {
  /** `true` asks for the sidecar, `false` refuses it. */
  inject: 'havock8s.io/inject',
  /** Names of volumes, or `none`; without it the claims. */
  volumes: 'havock8s.io/volumes',
  /** TCP ports that are intercepted coming in, or `none`; without it those the containers declare. */
  ports: 'havock8s.io/ports',
  /** TCP ports that are intercepted going out. */
  outboundPorts: 'havock8s.io/outbound-ports',
  /** Requests and limits of `havock8s-faults`: quantities. */
  cpu: 'havock8s.io/cpu',
  cpuLimit: 'havock8s.io/cpu-limit',
  memory: 'havock8s.io/memory',
  memoryLimit: 'havock8s.io/memory-limit',
  /** Written by the webhook: what was injected, what was left out and why. JSON. */
  status: 'havock8s.io/status',
} as const;
