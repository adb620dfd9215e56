/** Errors as RFC 9457 has them: one document a refusal, `code` and each problem of a sentence being stable. */
import type { Response } from 'express';
import type { FaultProblem } from '../registry/fault-requests.js';
import type { Shape } from './api.js';

/** One row a refusal: what it is called and which status it has. */
const titles = {
  'bad-request': [400, 'The request is malformed'],
  'bad-json': [400, 'The body is not JSON'],
  'bad-name': [400, 'No fault can have this name'],
  'no-token': [401, 'Only who has the token may change faults'],
  'not-your-sidecar': [403, 'Only the user who started the sidecar may change faults'],
  'cross-origin': [403, 'Requests of web pages are refused'],
  'not-found': [404, 'There is nothing here'],
  'no-such-fault': [404, 'No fault has this name'],
  'method-not-allowed': [405, 'This path has no such method'],
  'body-too-large': [413, 'The body is too large'],
  'not-json': [415, 'The body must be application/json'],
  'foreign-host': [421, 'This endpoint answers for the loopback only'],
  'bad-body': [422, 'The body is not {"sentence": "..."}'],
  'bad-sentence': [422, 'The fault is refused'],
  bug: [500, 'The control endpoint failed'],
  'not-ready': [503, 'The sidecar is not ready'],
  stopped: [503, 'Everything was disarmed for good'],
  'too-many-streams': [503, 'Too many clients listen to events'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemDocumentCode = keyof typeof titles;

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemDocumentCode;
  /** Those of the sentence, each with its column. */
  readonly problems?: readonly FaultProblem[];
}

export const problemMediaType = 'application/problem+json';

export function problemDocument(
  code: ProblemDocumentCode,
  detail: string,
  problems?: readonly FaultProblem[],
): ProblemDocument {
  const [status, title] = titles[code];
  const document = { type: `urn:havock8s:problem:${code}`, title, status, detail, code };
  return problems === undefined ? document : { ...document, problems };
}

export function sendProblem(response: Response, document: ProblemDocument): void {
  response
    .status(document.status)
    .type(problemMediaType)
    .send(JSON.stringify(document satisfies Shape<'Problem'>));
}
