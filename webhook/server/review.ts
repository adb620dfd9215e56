/** An AdmissionReview as it comes from outside, read once: what is asked about, or what is wrong with the asking. */
import { isAscii, isUtf8 } from 'node:buffer';
import { isObject } from '../../core/json.js';
import { printable } from '../../core/printable.js';

export interface Review {
  readonly uid: string;
  /** As Kubernetes has them; another one is nobody's. */
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly namespace: string;
  /** Of what the review is about, as `pods` or `pods/status`. */
  readonly resource: string;
  readonly isPod: boolean;
  readonly dryRun: boolean;
  readonly object: unknown;
  /** Null at CREATE. */
  readonly oldObject: unknown;
}

export type ReadReview =
  | { readonly kind: 'review'; readonly review: Review }
  | { readonly kind: 'problem'; readonly message: string };

/** Never throws for what the bytes say, however deep they nest. */
export function readReview(bytes: Buffer): ReadReview {
  if (!isUtf8(bytes)) return problem('the body is not UTF-8');
  // Nearly every review is ASCII, which need not be decoded: a tenth of the time of a large one.
  const json = parseJson(bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8'));
  if (json.kind === 'problem') return json;
  const { value } = json;
  if (!isObject(value)) return problem(`expected an AdmissionReview, found ${described(value)}`);
  const { apiVersion, kind, request } = value;
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') {
    return problem(
      `expected kind AdmissionReview of apiVersion admission.k8s.io/v1, found kind ${described(kind)} of apiVersion ${described(apiVersion)}`,
    );
  }
  return isObject(request) ? readRequest(request) : problem(`expected request, found ${described(request)}`);
}

type Json = Readonly<Record<string, unknown>>;

function readRequest(request: Json): ReadReview {
  const { uid, operation, namespace, resource, subResource, kind } = request;
  if (!isText(uid)) return problem(`expected request.uid, found ${described(uid)}`);
  if (!isOperation(operation)) {
    return problem(`request.operation is one of ${operations.join(', ')}, found ${described(operation)}`);
  }
  if (!isObject(resource) || !isText(resource['resource'])) {
    return problem(`expected request.resource, found ${described(resource)}`);
  }
  const isPod = isPodsResource(resource) && isPodKind(kind);
  if (isPod && !isText(namespace))
    return problem(`expected request.namespace, found ${described(namespace)}`);
  const review: Review = {
    uid,
    operation,
    namespace: isText(namespace) ? namespace : '',
    resource: isText(subResource) ? `${resource['resource']}/${subResource}` : resource['resource'],
    isPod,
    dryRun: request['dryRun'] === true,
    object: request['object'] ?? null,
    oldObject: request['oldObject'] ?? null,
  };
  return { kind: 'review', review };
}

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

const isOperation = (value: unknown): value is Review['operation'] =>
  operations.some((operation) => operation === value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The core group is written as nothing. */
const isCore = (value: unknown): boolean => value === undefined || value === '';

const isPodsResource = ({ group, version, resource }: Json): boolean =>
  isCore(group) && version === 'v1' && resource === 'pods';

const isPodKind = (kind: unknown): boolean =>
  isObject(kind) && isCore(kind['group']) && kind['version'] === 'v1' && kind['kind'] === 'Pod';

type ReadJson =
  | { readonly kind: 'json'; readonly value: unknown }
  | Extract<ReadReview, { readonly kind: 'problem' }>;

function parseJson(text: string): ReadJson {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return problem(`the body is not JSON: ${shown(error.message)}`);
    throw error;
  }
}

const problem = (message: string): Extract<ReadReview, { readonly kind: 'problem' }> => ({
  kind: 'problem',
  message,
});

/** Of what is not as expected. */
function described(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'string') return shown(JSON.stringify(value));
  if (typeof value !== 'object') return shown(String(value));
  return Array.isArray(value) ? 'a list' : 'an object';
}

const shown = (text: string): string => printable(text.slice(0, 200));
