/**
 * Where it is said that pods went without the webhook:
 *
 *     audit     failed-open.mutation.webhook.admission.k8s.io/...     of each request, by name
 *     log       Failed calling webhook, failing open ...              of kube-apiserver, with the cause
 *     metrics   apiserver_admission_webhook_fail_open_count           of kube-apiserver
 *     event     SidecarSkipped                                        at the pod or its workload, once the leader sees it: event.ts
 *     doctor    webhook, certificate, injection                       to who asks
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { controlFolder } from '../../../dev/cluster/cluster-plan.js';
import { auditFile } from '../../../dev/cluster/programs/kube-apiserver.js';
import type { ShownFinding } from '../../cli/doctor/examined.js';
import { broken, examineCluster } from '../doctor/examine.js';
import type { Environment } from '../environment.js';

export const injector = 'inject.havock8s.io';

/**
 * Requests for this environment's pods that went on without the webhook: of each its audit event's object, '' for a
 * generated name.
 */
export function auditedWithout({ own, namespace }: Environment): readonly string[] {
  return readFileSync(auditFile(controlFolder(own.plan)), 'utf8')
    .split('\n')
    .filter((line) => line.includes('failed-open.') && line.includes(namespace))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ objectRef, annotations = {} }) => {
      const failed = Object.entries(annotations).filter(([key]) => key.startsWith('failed-open.'));
      return objectRef?.namespace === namespace && failed.some(([, webhook]) => webhook === injector);
    })
    .map(({ objectRef }) => objectRef?.name ?? '');
}

interface AuditEvent {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly objectRef?: { readonly namespace?: string; readonly name?: string };
}

/** What kube-apiserver's log says from some place in it on: the causes, each once. */
export class ApiServerLog {
  readonly #file: string;
  readonly #from: number;

  constructor({ own }: Environment) {
    this.#file = join(controlFolder(own.plan), 'kube-apiserver.log');
    this.#from = readFileSync(this.#file).length;
  }

  causes(): readonly string[] {
    const since = readFileSync(this.#file).subarray(this.#from).toString();
    const said = since.matchAll(
      /Failed calling webhook, failing open inject\.havock8s\.io: .*?timeout=\d+s": (.*)/g,
    );
    return [...new Set([...said].map(([, cause = '']) => cause))];
  }
}

/** How often it went without us since it started. */
export async function countedWithout({ cluster }: Environment): Promise<number> {
  const metrics = await cluster.succeed(['get', '--raw', '/metrics']);
  const line =
    /^apiserver_admission_webhook_fail_open_count\{name="inject\.havock8s\.io",type="admit"\} (\S+)$/m;
  return Number(line.exec(metrics)?.[1] ?? 0);
}

/** What the doctor calls broken, of all checks asked for. */
export async function brokenAsDoctorSays(
  environment: Environment,
  ...checks: readonly string[]
): Promise<readonly string[]> {
  const found = broken(await examineCluster(environment));
  return checks.flatMap((check) => found.filter((finding) => finding.check === check)).map(text);
}

const text = ({ check, subject, found }: ShownFinding): string => `${check}: ${subject} ${found}`;

/** For the log of the test. */
export function note(t: TestContext, what: string, lines: readonly string[]): void {
  for (const line of lines) t.diagnostic(`${what}: ${line}`);
}
