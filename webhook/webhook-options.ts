/** What the webhook is started with. */
import type { InjectionConfig } from './injection-config.js';

export interface WebhookOptions {
  readonly port: number;
  readonly metricsPort: number;
  readonly config: InjectionConfig;
  /** Where the webhook itself lives. */
  readonly namespace: string;
  readonly service: string;
  readonly certificates: CertificateOptions;
  readonly webhookConfiguration: string;
  readonly lease: string;
  /** Null: as found, in a cluster its service account. */
  readonly kubeconfig: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

export type CertificateOptions =
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'files'; readonly directory: string };
