/** Faults over HTTP: list, arm, disarm. */
import type { Request, RequestHandler } from 'express';
import { assertNever } from '../../core/assert-never.js';
import { faultNameRule, isFaultName } from '../../faults/fault-name.js';
import type { FaultRegistry } from '../registry/fault-registry.js';
import type { Shape } from './api.js';
import type { Pages } from './pages.js';
import { type ProblemDocument, problemDocument, sendProblem } from './problem-document.js';
import type { Route } from './route.js';

export function faultRoutes(registry: FaultRegistry, pages: Pages): readonly Route[] {
  return [
    { path: '/v1/faults', methods: { get: list(pages), delete: disarmAll(registry) } },
    {
      path: '/v1/faults/:name',
      methods: { get: show(registry), put: arm(registry), delete: disarm(registry) },
    },
  ];
}

function list(pages: Pages): RequestHandler {
  return async (_request, response) => {
    response.json(await pages.faultList());
  };
}

/** The one that counts, when several sources have this name. */
function show(registry: FaultRegistry): RequestHandler {
  return async (request, response) => {
    const name = nameOf(request);
    const fault = (await registry.listInForce()).find((listed) => listed.name === name);
    if (fault === undefined) return sendProblem(response, unknownName(name));
    response.json(fault satisfies Shape<'Fault'>);
  };
}

function arm(registry: FaultRegistry): RequestHandler {
  return async (request, response) => {
    const name = nameOf(request);
    if (!isFaultName(name)) return sendProblem(response, problemDocument('bad-name', faultNameRule));
    const sentence = readSentence(request.body);
    if (typeof sentence !== 'string') return sendProblem(response, sentence);
    const result = await registry.arm(name, sentence);
    switch (result.kind) {
      case 'armed':
        response.status(result.created ? 201 : 200).json(result.fault satisfies Shape<'Fault'>);
        return;
      case 'refused':
        sendProblem(response, problemDocument('bad-sentence', describe(result.problems), result.problems));
        return;
      case 'stopped':
        sendProblem(response, problemDocument('stopped', `nothing can be armed any more: ${result.code}`));
        return;
      default:
        assertNever(result);
    }
  };
}

function disarm(registry: FaultRegistry): RequestHandler {
  return async (request, response) => {
    const name = nameOf(request);
    if (!(await registry.disarm(name))) return sendProblem(response, unknownName(name));
    response.status(204).end();
  };
}

function disarmAll(registry: FaultRegistry): RequestHandler {
  return async (_request, response) => {
    await registry.disarmAll();
    response.status(204).end();
  };
}

function nameOf({ params }: Request): string {
  return String(params['name']);
}

/** Strict: a misspelt field that went unnoticed would arm something else than was meant. */
function readSentence(body: unknown): string | ProblemDocument {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return problemDocument('bad-body', 'the body is not an object');
  }
  const unknown = Object.keys(body).filter((key) => key !== 'sentence');
  if (unknown.length > 0)
    return problemDocument('bad-body', `unknown: ${unknown.slice(0, 5).join(', ').slice(0, 200)}`);
  if (!('sentence' in body) || typeof body.sentence !== 'string') {
    return problemDocument('bad-body', '"sentence" must be a string');
  }
  return body.sentence;
}

function unknownName(name: string): ProblemDocument {
  return problemDocument('no-such-fault', `no fault is called ${JSON.stringify(name.slice(0, 100))}`);
}

function describe(problems: readonly { readonly message: string; readonly column: number }[]): string {
  return problems.map(({ message, column }) => `column ${column}: ${message}`).join('; ');
}
