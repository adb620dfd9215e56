/** Check `certificate`: does the API server trust what the webhook serves, and for how long still? */

import type { X509Certificate } from 'node:crypto';
import { isIssuedBy, readCertificates, spanOf } from '../../../certs/read-pair.js';
import { HavocError } from '../../../core/havoc-error.js';
import { timeLeft } from '../../terminal/time-left.js';
import { broken, type Judgement, ok, unknown, warning } from '../finding.js';
import { type Cluster, ourName, webhookName } from './cluster.js';
import type { ClusterCheck } from './cluster-check.js';
import { listAt, textAt } from './objects.js';

export interface CertificateFacts {
  readonly nowMs: number;
  /** The name that the API server calls the webhook by. */
  readonly host: string;
  /** PEM, of each registration by its name; null: it has none. */
  readonly bundles: Readonly<Record<string, string | null>>;
  readonly serving:
    | { readonly kind: 'pem'; readonly pem: string }
    | { readonly kind: 'unseen'; readonly why: string };
  readonly system: string;
}

export const certificate: ClusterCheck = {
  name: 'certificate',
  look: async (cluster) => {
    const system = await cluster.system();
    if (system === null) return [unknown({ found: 'no webhook is installed, so there is none' })];
    return judgeCertificate(await gather(cluster, system));
  },
};

async function gather(cluster: Cluster, system: string): Promise<CertificateFacts> {
  const [mutating, validating] = await Promise.all([cluster.mutating(), cluster.validating()]);
  const bundles = {
    ...(mutating === null ? {} : { MutatingWebhookConfiguration: bundleOf(mutating) }),
    ...(validating === null ? {} : { ValidatingWebhookConfiguration: bundleOf(validating) }),
  };
  const host = `${webhookName}.${system}.svc`;
  return { nowMs: cluster.nowMs, host, bundles, system, serving: await findServing(cluster, system) };
}

const fromBase64 = (text: string | null): string | null =>
  text === null ? null : Buffer.from(text, 'base64').toString();

const bundleOf = (configuration: unknown): string | null =>
  fromBase64(textAt(configuration, ['webhooks', 0, 'clientConfig', 'caBundle']));

/** From the Secret that the webhook writes, or that it has mounted. */
async function findServing(cluster: Cluster, system: string): Promise<CertificateFacts['serving']> {
  const deployment = await cluster.deployment(system);
  const pod = ['spec', 'template', 'spec'];
  const args = listAt(deployment, [...pod, 'containers', 0, 'args']);
  const said = args.map((arg) => /^--secret=(.+)$/.exec(String(arg))?.[1]).find((name) => name !== undefined);
  const mounted = listAt(deployment, [...pod, 'volumes'])
    .map((volume) => textAt(volume, ['secret', 'secretName']))
    .find((name) => name !== null);
  const name = said ?? mounted ?? 'havock8s-webhook-tls';
  const secret = await cluster.secret(system, name).catch((error: unknown) => {
    if (error instanceof HavocError) return error;
    throw error;
  });
  if (secret instanceof HavocError) return { kind: 'unseen', why: secret.message };
  const pem = fromBase64(textAt(secret, ['data', 'tls.crt']));
  return pem === null ? { kind: 'unseen', why: `Secret ${name} has no tls.crt` } : { kind: 'pem', pem };
}

export function judgeCertificate(facts: CertificateFacts): readonly Judgement[] {
  const leaf = facts.serving.kind === 'pem' ? readCertificates(facts.serving.pem)[0] : undefined;
  const troubles = [
    ...Object.entries(facts.bundles).flatMap(([kind, pem]) =>
      judgeBundle(`${kind}/${ourName}`, pem, facts, leaf),
    ),
    ...(leaf === undefined ? [] : judgeLeaf(leaf, facts)),
  ];
  if (facts.serving.kind === 'unseen')
    return [...troubles, unknown({ found: `the serving certificate cannot be seen: ${facts.serving.why}` })];
  if (leaf === undefined)
    return [
      ...troubles,
      broken({ found: 'tls.crt is not a certificate', follows: untrusted, mend: recreation(facts.system) }),
    ];
  if (troubles.length > 0) return troubles;
  return [ok(`trusted, and valid for another ${timeLeft(spanOf(leaf).notAfterMs - facts.nowMs)}`)];
}

const untrusted = 'the API server does not ask the webhook: pods are created without a sidecar';

/** The leader fills in what is missing and makes what is not there, within seconds: where it does not, it is not well. */
const recreation = (system: string): readonly string[] => [
  `the webhook's leader mends this within seconds; see why it does not: kubectl logs -n ${system} deployment/${webhookName}`,
  `to recreate its own certificates: kubectl scale -n ${system} deployment/${webhookName} --replicas=0; kubectl delete -n ${system} secret havock8s-webhook-tls; kubectl scale -n ${system} deployment/${webhookName} --replicas=2`,
];

function judgeBundle(
  subject: string,
  pem: string | null,
  { nowMs, system }: CertificateFacts,
  leaf: X509Certificate | undefined,
): readonly Judgement[] {
  const because = (found: string): readonly Judgement[] => [
    broken({ subject, found, follows: untrusted, mend: recreation(system) }),
  ];
  if (pem === null) return because('it has no caBundle');
  const authorities = readCertificates(pem);
  if (authorities.length === 0) return because('its caBundle is not a certificate');
  const valid = authorities.filter((one) => isValid(one, nowMs));
  if (valid.length === 0) return because(`its caBundle has expired: ${authorities[0]?.validTo ?? ''}`);
  if (leaf !== undefined && !valid.some((authority) => isIssuedBy(leaf, authority)))
    return because('its caBundle is not the authority of the certificate that is served');
  return [];
}

function isValid(certificate: X509Certificate, nowMs: number): boolean {
  const { notBeforeMs, notAfterMs } = spanOf(certificate);
  return notBeforeMs <= nowMs && nowMs < notAfterMs;
}

/** It is renewed when a third of its life is left. */
const lastOfLife = 1 / 6;

function judgeLeaf(leaf: X509Certificate, { nowMs, host, system }: CertificateFacts): readonly Judgement[] {
  const { notBeforeMs: from, notAfterMs: to } = spanOf(leaf);
  const mend = recreation(system);
  if (nowMs >= to)
    return [
      broken({ found: `the serving certificate has expired: ${leaf.validTo}`, follows: untrusted, mend }),
    ];
  if (nowMs < from)
    return [
      broken({
        found: `the serving certificate is not valid before ${leaf.validFrom}: whoever made it has a clock that is ahead`,
        follows: untrusted,
        mend,
      }),
    ];
  if (leaf.checkHost(host) === undefined)
    return [broken({ found: `the serving certificate is not for ${host}`, follows: untrusted, mend })];
  if (to - nowMs > (to - from) * lastOfLife) return [];
  return [
    warning({
      found: `the serving certificate is valid for another ${timeLeft(to - nowMs)}, and should have been renewed by now`,
      follows: `then ${untrusted}`,
      mend,
    }),
  ];
}
