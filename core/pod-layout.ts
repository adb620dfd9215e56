/**
 * An injected pod: whose containers and volumes are ours, and where the two sidecars find things.
 *
 *     havock8s-mount    /havock8s/served  ── Bidirectional ──► the app's own path, HostToContainer, subPath VOLUME/...
 *                       /havock8s/run     ◄─ unix socket ─┐
 *     havock8s-faults   /havock8s/run     ────────────────┘
 *                       /havock8s/backing/VOLUME            the claim itself
 *                       /havock8s/pod/annotations           the downward API's file
 */

export const sidecar = { mount: 'havock8s-mount', faults: 'havock8s-faults' } as const;

export const podVolume = { served: 'havock8s-served', run: 'havock8s-run', pod: 'havock8s-pod' } as const;

export const path = {
  served: '/havock8s/served',
  run: '/havock8s/run',
  backing: '/havock8s/backing',
  pod: '/havock8s/pod',
  annotations: '/havock8s/pod/annotations',
  /** Of `havock8s-mount`: the holder listens. */
  holderSocket: '/havock8s/run/holder.sock',
  /** Of `havock8s-faults`: there while the fault proxies serve. */
  serving: '/havock8s/run/serving',
  /** Who has it may change faults through the control endpoint. */
  controlToken: '/havock8s/run/control-token',
  /** Deadlines, which outlive the container. */
  state: '/havock8s/run/state',
} as const;

/** Of the pod's loopback. Not registered with IANA, and nothing else is known to use it. */
export const controlPort = 7808;

/** Of the pod's address, where it is not set otherwise. Likewise; and below the ports that the kernel gives to clients. */
export const readOnlyPort = 7807;
/** As the container declares it. */
export const readOnlyPortName = 'havock8s';

/** Of the address of a pod that keeps ledgers, which is never injected: what they say is read there, and nothing is changed. */
export const ledgerPort = 7809;
