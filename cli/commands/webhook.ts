/** `havock8s webhook`: what puts sidecars into the pods of a cluster. */
import { Command, Option } from 'commander';
import { consoleOf, logLevelOption } from '../command-options.js';
import type { WebhookFlags } from './webhook-options.js';

/** As the manifests have them. */
export const webhookDefaults = {
  port: '8443',
  metricsPort: '8080',
  service: 'havock8s-webhook',
  certs: 'secret',
  secret: 'havock8s-webhook-tls',
  webhookConfiguration: 'havock8s',
  lease: 'havock8s-webhook',
  logLevel: 'info',
} as const satisfies Partial<WebhookFlags>;

export function webhookCommand(): Command {
  const usual = webhookDefaults;
  return new Command('webhook')
    .summary('answer the API server: put sidecars into pods, refuse faults that are no sentences')
    .description(
      'Serves the admission webhooks of havock8s over HTTPS: /inject puts the sidecar into pods that ask for it, /validate-faults refuses annotations that are no sentences of the language of faults.',
    )
    .option('--port <port>', 'where the API server asks, by HTTPS; 0: any', usual.port)
    .option('--metrics-port <port>', '/metrics, /readyz and /livez, by HTTP; 0: any', usual.metricsPort)
    .option('--config <file>', 'how pods are injected: YAML; each field has a default')
    .option('--namespace <name>', 'where the webhook lives (default: POD_NAMESPACE, or its service account)')
    .option('--service <name>', 'the Service in front of it, which certificates are for', usual.service)
    .addOption(
      new Option('--certs <source>', 'secret: made by the leading replica; files: made by others')
        .choices(['secret', 'files'])
        .default(usual.certs),
    )
    .option('--cert-dir <dir>', 'with --certs files: where tls.crt and tls.key are, followed as they change')
    .option('--secret <name>', 'with --certs secret: where the certificates are kept', usual.secret)
    .option(
      '--webhook-configuration <name>',
      'both configurations whose caBundle is kept right',
      usual.webhookConfiguration,
    )
    .option('--lease <name>', 'by which the replicas agree who leads', usual.lease)
    .option('--kubeconfig <file>', 'how to reach the API server (default: as kubectl, or as a pod does)')
    .addOption(logLevelOption())
    .addHelpText('after', notes)
    .action(async (flags: WebhookFlags, self: Command) => {
      const { readWebhookOptions } = await import('./webhook-options.js');
      const options = await readWebhookOptions(flags, consoleOf(self).env);
      // What talks to an API server costs 76 MB, and no other command is to have it.
      const { runWebhook } = await import('../../webhook/main.js');
      await runWebhook(options);
    });
}

const notes = `
Examples:
  In a pod, as the manifests run it:
    havock8s webhook --config /etc/havock8s/config.yaml

  With certificates of cert-manager:
    havock8s webhook --certs files --cert-dir /etc/havock8s/tls

  Outside the cluster, to see it work:
    havock8s webhook --kubeconfig ~/.kube/config --namespace havock8s-system --log-level debug

It is ready once a certificate is served and the namespaces are known. SIGTERM drains: not ready at once, reviews
answered for 5 s more, then what is in flight; a second one ends it at once. An error of its own lets pods pass.

Exit codes:
  0  ended as asked
  1  it failed: no cluster, a port that is taken
  2  bad flags or a bad configuration; nothing was opened`;
