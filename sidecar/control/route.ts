/** The routes as a table, which the router, the 405s and the test of the OpenAPI document read. */
import type { Express, RequestHandler } from 'express';
import { problemDocument, sendProblem } from './problem-document.js';

export type Method = 'get' | 'put' | 'delete';

export interface Route {
  /** As express spells it: `/v1/faults/:name`. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, RequestHandler>>>;
}

export function addRoute(app: Express, { path, methods }: Route): void {
  const route = app.route(path);
  if (methods.get !== undefined) route.get(methods.get);
  if (methods.put !== undefined) route.put(methods.put);
  if (methods.delete !== undefined) route.delete(methods.delete);
  const allow = Object.keys(methods)
    .flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    .join(', ');
  route.all((request, response) => {
    response.set('Allow', allow);
    sendProblem(response, problemDocument('method-not-allowed', `${request.method} is not ${allow}`));
  });
}
