/** The labels and annotations by which people and the webhook speak to each other, and both to the sidecar. */

/** One annotation is one fault: what follows is its name, the value its sentence. */
export const faultPrefix = 'fault.havock8s.io/';

/** Of a namespace: `enabled` lets its pods be injected. */
export const injectionLabel = 'havock8s.io/injection';
export const injectionEnabled = 'enabled';

/** Of an injected pod, so that those can be selected. */
export const injectedLabel = 'havock8s.io/injected';
export const injectedValue = 'true';

/** Of a pod or a namespace: nothing is ever done to it. */
export const protectedLabel = 'havock8s.io/protected';
export const protectedValue = 'true';

/** Of a pod that keeps ledgers: nothing is ever done to it, nor to its node. */
export const ledgerLabel = 'havock8s.io/ledger';
export const ledgerValue = 'true';

export const annotation = {
  /** `true` asks for the sidecar, `false` refuses it. */
  inject: 'havock8s.io/inject',
  /** Names of volumes, or `none`; without it the claims. */
  volumes: 'havock8s.io/volumes',
  /** TCP ports that are intercepted coming in, or `none`; without it those the containers declare. */
  ports: 'havock8s.io/ports',
  /** TCP ports that are intercepted going out. */
  outboundPorts: 'havock8s.io/outbound-ports',
  /** TCP port where the sidecar shows its faults and metrics to others, or `none`. */
  readOnlyPort: 'havock8s.io/read-only-port',
  /** Requests and limits of `havock8s-faults`: quantities. */
  cpu: 'havock8s.io/cpu',
  cpuLimit: 'havock8s.io/cpu-limit',
  memory: 'havock8s.io/memory',
  memoryLimit: 'havock8s.io/memory-limit',
  /** A time: what was armed within the pod, at its control endpoint, before then is off. */
  disarm: 'havock8s.io/disarm',
  /** Of a pod that keeps ledgers: of which run, how, and until when; written by the controller. JSON. */
  ledgerRun: 'havock8s.io/ledger-run',
  /** Written by the webhook: what was injected, what was left out and why. JSON. */
  status: 'havock8s.io/status',
} as const;
