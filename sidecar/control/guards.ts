/**
 * How one may ask. Being on the loopback gives the right to read, and a web page that a browser in the pod shows is
 * there too. It is told by its Origin, and a name of its own that it has made resolve to 127.0.0.1 by its Host.
 */
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { controlLimits } from './control-limits.js';
import { type ProblemDocument, problemDocument, sendProblem } from './problem-document.js';

const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

export const refuseOrigin: RequestHandler = (request, response, next) => {
  if (request.headers.origin === undefined) return next();
  sendProblem(
    response,
    problemDocument('cross-origin', 'the request has an Origin header: it comes from a web page'),
  );
};

export const refuseForeignHost: RequestHandler = (request, response, next) => {
  const { host } = request.headers;
  if (host !== undefined && loopbackHost.test(host)) return next();
  const detail = `the Host is ${JSON.stringify(host?.slice(0, 100) ?? '')}, not localhost, 127.0.0.1 or [::1]`;
  sendProblem(response, problemDocument('foreign-host', detail));
};

/** Reads a body of any method, so that none is accepted unread: JSON, in UTF-8, not compressed, of a bounded size. */
export const readJson: readonly RequestHandler[] = [
  (request, response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (!hasBody || request.is('application/json') !== false) return next();
    const detail = `the body is ${JSON.stringify(request.headers['content-type']?.slice(0, 100) ?? 'of no type')}`;
    sendProblem(response, problemDocument('not-json', detail));
  },
  express.json({ limit: controlLimits.bodyBytes, inflate: false }),
];

/** What `express.json` and the router throw, as problem documents. The rest is a bug and goes on. */
export const refuseMalformed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const document = malformedDocument(error);
  if (document === null || response.headersSent) next(error);
  else sendProblem(response, document);
};

function malformedDocument(error: unknown): ProblemDocument | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  switch (error.status) {
    case 413:
      return problemDocument('body-too-large', `the body has more than ${controlLimits.bodyBytes} bytes`);
    case 415:
      return problemDocument('not-json', error.message);
    case 400:
      return problemDocument(
        typeOf(error) === 'entity.parse.failed' ? 'bad-json' : 'bad-request',
        error.message,
      );
    default:
      return null;
  }
}

function typeOf(error: Error): unknown {
  return 'type' in error ? error.type : undefined;
}
