/**
 * What a service account may do against what it did: roles × audit log ─► what is granted for nothing, and what was refused.
 *
 *     rules ─► grants (one verb on one resource, of one name or any) ─┐
 *     audit events of the user ─► requests ───────────────────────────┴─ covers ─► unused, refused
 *
 * A role's rule is taken apart into single grants, so that one verb too many is found within a rule that is needed.
 */

/** Of a Role or ClusterRole, as `rules` has them. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface BoundRules {
  /** Where they hold; null: in the whole cluster. */
  readonly namespace: string | null;
  readonly rules: readonly PolicyRule[];
}

/** The fields of `audit.k8s.io/v1` that count; of stage ResponseComplete, or ResponseStarted for a watch. */
export interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    /** Of a list or watch it is what the field selector `metadata.name` names. */
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RbacAudit {
  /** Grants that no request needed, as `list namespaces`. */
  readonly unused: readonly string[];
  /** Requests that were not allowed. */
  readonly refused: readonly string[];
}

/** Requests that are allowed by roles of others, such as `system:basic-user`, are no one's grant here and are passed over. */
export function auditRbac(
  username: string,
  bound: readonly BoundRules[],
  events: readonly AuditEvent[],
): RbacAudit {
  const requests = events.filter(
    (event) => event.user.username === username && event.objectRef?.resource !== undefined,
  );
  const [allowed, refused] = [requests.filter(isAllowed), requests.filter((event) => !isAllowed(event))];
  const unused = bound.flatMap(grantsOf).filter((grant) => !allowed.some((event) => covers(grant, event)));
  return { unused: distinct(unused.map(grantText)), refused: distinct(refused.map(requestText)) };
}

interface Grant {
  readonly namespace: string | null;
  readonly apiGroup: string;
  readonly resource: string;
  readonly name: string | null;
  readonly verb: string;
}

function grantsOf({ namespace, rules }: BoundRules): readonly Grant[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((apiGroup) =>
      resources.flatMap((resource) =>
        (resourceNames ?? [null]).flatMap((name) =>
          verbs.map((verb) => ({ namespace, apiGroup, resource, name, verb })),
        ),
      ),
    ),
  );
}

/** What the authorizer decided; the code of the answer may be about something else, such as a webhook that refused. */
const isAllowed = ({ annotations }: AuditEvent): boolean =>
  annotations?.['authorization.k8s.io/decision'] === 'allow';

/** A star is one grant, which any request uses: whoever writes one has to argue for it elsewhere. */
function covers(grant: Grant, { verb, objectRef = {} }: AuditEvent): boolean {
  return (
    among(grant.verb, verb) &&
    among(grant.apiGroup, objectRef.apiGroup ?? '') &&
    among(grant.resource, resourceOf(objectRef)) &&
    (grant.name === null || grant.name === objectRef.name) &&
    (grant.namespace === null || grant.namespace === objectRef.namespace)
  );
}

const among = (granted: string, asked: string): boolean => granted === '*' || granted === asked;

const resourceOf = ({ resource = '', subresource }: NonNullable<AuditEvent['objectRef']>): string =>
  subresource === undefined ? resource : `${resource}/${subresource}`;

const grantText = ({ verb, resource, apiGroup, name, namespace }: Grant): string =>
  words(verb, resource, apiGroup, name, namespace);

const requestText = ({ verb, objectRef = {} }: AuditEvent): string =>
  words(
    verb,
    resourceOf(objectRef),
    objectRef.apiGroup ?? '',
    objectRef.name ?? null,
    objectRef.namespace ?? null,
  );

function words(
  verb: string,
  resource: string,
  apiGroup: string,
  name: string | null,
  namespace: string | null,
): string {
  const group = apiGroup === '' ? '' : `.${apiGroup}`;
  return `${verb} ${resource}${group}${name === null ? '' : ` ${name}`}${namespace === null ? '' : ` in ${namespace}`}`;
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
