/** What is where in the cluster: postgres.yaml has the same names. */
export const namespace = 'shop';
export const manifest = 'dev/demo/postgres.yaml';
export const primary = 'pg-0';
export const replica = 'pg-1';
export const container = 'postgres';
export const sidecar = 'havock8s-faults';
export const volume = 'data';
/** Seconds that a pod has to end: terminationGracePeriodSeconds. */
export const graceS = 5;

/** By the headless service, whichever address the pod has by now. */
export const hostOf = (pod: string): string => `${pod}.pg`;
