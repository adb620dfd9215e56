/** The comparison of roles with an audit log finds a verb too many and a verb too few. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AuditEvent, auditRbac, type BoundRules } from './rbac-audit.js';

const user = 'system:serviceaccount:ns:webhook';

const event = (verb: string, objectRef: AuditEvent['objectRef'], decision = 'allow'): AuditEvent => ({
  verb,
  user: { username: user },
  ...(objectRef === undefined ? {} : { objectRef }),
  annotations: { 'authorization.k8s.io/decision': decision },
});

const inNamespace: BoundRules = {
  namespace: 'ns',
  rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['tls'], verbs: ['get', 'update'] }],
};
const secret = (name: string, namespace = 'ns') => ({ resource: 'secrets', namespace, name });
const audit = (bound: readonly BoundRules[], events: readonly AuditEvent[]) => auditRbac(user, bound, events);

test('every verb used: nothing unused, nothing refused', () => {
  const events = [event('get', secret('tls')), event('update', secret('tls'))];
  assert.deepEqual(audit([inNamespace], events), { unused: [], refused: [] });
});

test('one verb too many is found within a rule that is needed', () => {
  const { unused } = audit([inNamespace], [event('get', secret('tls'))]);
  assert.deepEqual(unused, ['update secrets tls in ns']);
});

test('a request for another name, or in another namespace, uses no grant', () => {
  const events = [
    event('get', secret('other')),
    event('get', secret('tls', 'elsewhere')),
    event('update', secret('tls')),
  ];
  assert.deepEqual(audit([inNamespace], events).unused, ['get secrets tls in ns']);
});

test('a refused request is told once, and uses no grant though a rule would cover it', () => {
  const refused = event('delete', secret('tls'), 'forbid');
  const events = [refused, refused, event('get', secret('tls'), 'forbid'), event('update', secret('tls'))];
  assert.deepEqual(audit([inNamespace], events), {
    unused: ['get secrets tls in ns'],
    refused: ['delete secrets tls in ns', 'get secrets tls in ns'],
  });
});

test('an event without a decision counts as refused: nobody may pass for allowed by being unknown', () => {
  const { annotations: _, ...undecided } = event('get', secret('tls'));
  assert.deepEqual(audit([], [undecided]).refused, ['get secrets tls in ns']);
});

test('a subresource is a resource of its own', () => {
  const bound = {
    namespace: null,
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['patch'] }],
  };
  const events = [event('patch', { resource: 'pods', subresource: 'status', namespace: 'a', name: 'p' })];
  assert.deepEqual(audit([bound], events).unused, ['patch pods']);
});

test('groups are told apart, each resource and name of a rule stands for itself', () => {
  const bound = {
    namespace: null,
    rules: [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
        resourceNames: ['a', 'b'],
        verbs: ['patch'],
      },
    ],
  };
  const apiGroup = 'admissionregistration.k8s.io';
  const events = [
    event('patch', { apiGroup, resource: 'mutatingwebhookconfigurations', name: 'a' }),
    event('patch', { resource: 'mutatingwebhookconfigurations', name: 'b' }),
    event('patch', { apiGroup, resource: 'validatingwebhookconfigurations', name: 'b' }),
  ];
  assert.deepEqual(audit([bound], events).unused, [
    'patch mutatingwebhookconfigurations.admissionregistration.k8s.io b',
    'patch validatingwebhookconfigurations.admissionregistration.k8s.io a',
  ]);
});

test('requests of others and requests for no resource, such as /readyz, are passed over', () => {
  const other = { ...event('get', secret('tls')), user: { username: 'system:admin' } };
  const { unused, refused } = audit([inNamespace], [other, event('get', undefined, 'forbid')]);
  assert.deepEqual(unused, ['get secrets tls in ns', 'update secrets tls in ns']);
  assert.deepEqual(refused, []);
});
