/** What a controller is started with, judged before. */
export interface ControllerOptions {
  /** /metrics, /readyz and /livez, by HTTP; 0: any free port. */
  readonly metricsPort: number;
  /** Where it lives itself. */
  readonly namespace: string;
  readonly lease: string;
  /** What ledgers remember while their runs go on. */
  readonly stateDir: string;
  /** Null: as kubectl does, or as a pod does. */
  readonly kubeconfig: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}
