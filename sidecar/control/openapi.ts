/** The OpenAPI 3.1 document served at `/openapi.json`. A test holds it against the routes, and the answers against it. */
import { componentSchemas, type ShapeName } from './api.js';
import { problemMediaType } from './problem-document.js';

const content = (mediaType: string, schema: ShapeName) => ({
  [mediaType]: { schema: { $ref: `#/components/schemas/${schema}` } },
});

const json = (description: string, schema: ShapeName) => ({
  description,
  content: content('application/json', schema),
});
const text = (description: string, mediaType: string) => ({
  description,
  content: { [mediaType]: { schema: { type: 'string' } } },
});
const problem = (description: string) => ({ description, content: content(problemMediaType, 'Problem') });
const nothing = (description: string) => ({ description });

/** What any request may meet. */
const always = {
  400: problem('The request is malformed'),
  403: problem('The request has an Origin header; a change of faults: it comes from another user'),
  405: problem('The path has no such method; Allow says which it has'),
  413: problem('The body has more than 64 KiB'),
  415: problem('The body is not application/json'),
  421: problem('The Host is not localhost, 127.0.0.1 or [::1]'),
  500: problem('A bug; every fault was disarmed'),
};

/** What any change of faults may meet. */
const changing = { 401: problem('In a pod: the token is missing; WWW-Authenticate says how it is sent') };

const operation = (operationId: string, summary: string, responses: Readonly<Record<number, object>>) => ({
  operationId,
  summary,
  responses: { ...always, ...responses },
});

const faultName = {
  name: 'name',
  in: 'path',
  required: true,
  schema: { $ref: '#/components/schemas/FaultName' },
};

const unknownFault = problem('No fault has this name');

export const openapiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'havock8s control endpoint',
    version: '1.0.0',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    description:
      'Arms, lists and disarms the faults of one sidecar. Answers on the loopback only; the read-only port of a pod answers GET /v1/faults, /metrics and /healthz alike.',
  },
  servers: [{ url: '/' }],
  paths: {
    '/v1/faults': {
      get: operation('listFaults', 'Every fault, whoever asks for it', {
        200: json('The faults', 'FaultList'),
      }),
      delete: operation(
        'disarmAll',
        'Disarm everything. What an annotation asks for stays off until it changes',
        {
          ...changing,
          204: nothing('Nothing is injected any more'),
        },
      ),
    },
    '/v1/faults/{name}': {
      parameters: [faultName],
      get: operation('showFault', 'The fault that has this name', {
        200: json('The fault', 'Fault'),
        404: unknownFault,
      }),
      put: {
        ...operation('arm', 'Arm a fault, or replace the one the endpoint armed under this name', {
          ...changing,
          200: json('Replaced, or armed already: the deadline of the same sentence goes on', 'Fault'),
          201: json('Armed: it is in effect when this answer is sent', 'Fault'),
          422: problem('The sentence is refused, with every problem and its column'),
          503: problem('Everything was disarmed for good'),
        }),
        requestBody: { required: true, content: content('application/json', 'FaultRequest') },
      },
      delete: operation('disarm', 'Disarm a fault. What an annotation asks for stays off until it changes', {
        ...changing,
        204: nothing('It injects nothing any more'),
        404: unknownFault,
      }),
    },
    '/v1/status': {
      get: operation('status', 'Processes, mounts, kernel features, plan', {
        200: json('The status', 'Status'),
      }),
    },
    '/v1/events': {
      get: {
        ...operation('events', 'What happens to faults, server-sent; each data line is a FaultEvent', {
          200: text('A stream that does not end by itself', 'text/event-stream'),
          503: problem('Too many clients listen; Retry-After says when to try again'),
        }),
        parameters: [
          {
            name: 'Last-Event-ID',
            in: 'header',
            description: 'Begin with what happened after this event',
            schema: { type: 'string' },
          },
        ],
      },
    },
    '/healthz': { get: operation('healthz', 'Is it alive?', { 200: json('It is', 'Health') }) },
    '/readyz': {
      get: operation('readyz', 'Does it serve?', { 200: json('It does', 'Health'), 503: problem('Not yet') }),
    },
    '/metrics': {
      get: operation('metrics', 'Prometheus metrics', { 200: text('The metrics', 'text/plain') }),
    },
    '/openapi.json': {
      get: operation('openapi', 'This document', {
        200: { description: 'The document', content: { 'application/json': { schema: { type: 'object' } } } },
      }),
    },
  },
  components: { schemas: componentSchemas() },
} as const;
