/** Holds an answer against the OpenAPI document: its status, media type and shape must be there. */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapiDocument } from '../../../sidecar/control/openapi.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(openapiDocument, 'openapi');

export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

export function assertDocumented(answer: Answer): void {
  const template = Object.keys(openapiDocument.paths).find((path) => pattern(path).test(answer.path));
  if (template === undefined) assert.equal(answer.status, 404);
  else if (answer.status === 405) assertShape(['components', 'schemas', 'Problem'], answer, answer.path);
  else assertDescribed(template, answer);
}

function assertDescribed(template: string, answer: Answer): void {
  const key = ['paths', template, answer.method.toLowerCase(), 'responses', String(answer.status)];
  const title = `${answer.method} ${answer.path} ${answer.status}`;
  const response = at(openapiDocument, key);
  assert.ok(typeof response === 'object' && response !== null, `${title} is not in the document`);
  const media = Object.keys(at(openapiDocument, [...key, 'content']) ?? {});
  assert.deepEqual(
    answer.type === null ? [] : [answer.type.split(';')[0]],
    media,
    `${title} is of another type`,
  );
  if (media[0]?.endsWith('json')) assertShape([...key, 'content', media[0], 'schema'], answer, title);
}

export function assertShape(key: readonly string[], { body }: Pick<Answer, 'body'>, title: string): void {
  const pointer = key
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validate = ajv.getSchema(`openapi#/${pointer}`);
  assert.ok(validate !== undefined, `${title} has no schema`);
  assert.ok(validate(body), `${title}: ${ajv.errorsText(validate.errors)}`);
}

function pattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

function at(node: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return node;
  const inner =
    typeof node === 'object' && node !== null
      ? Object.entries(node).find(([name]) => name === key)
      : undefined;
  return inner === undefined ? undefined : at(inner[1], rest);
}
