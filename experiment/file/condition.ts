/**
 * Conditions, in CEL (the Common Expression Language, cel.dev), as Kubernetes has them in its own objects. They are
 * checked when the file is read: an unknown name or a comparison of a text with a number is a problem of the file, not a
 * failure of the run.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Json } from '../../core/json.js';
import { nearest } from '../../core/nearest.js';
import type { Read } from './texts.js';

/** The names that a condition may use, each with its CEL type. */
export type Variables = Readonly<
  Record<string, 'int' | 'double' | 'bool' | 'string' | 'list' | 'map' | 'dyn'>
>;

export interface Condition {
  readonly text: string;
  /** What it looks up by a name that is written in it: `a.b["c d"]` is `[a, b, "c d"]`. */
  readonly asks: readonly (readonly string[])[];
  /** Unclear: the condition asks for what is not there, such as a missing key, or compares what cannot be compared. */
  holds(values: Json): 'yes' | 'no' | { readonly unclear: string };
}

/** A condition is written by hand: beyond these it is a mistake. */
const limits = {
  maxAstNodes: 500,
  maxDepth: 50,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 10,
};
const mostText = 2000;

export function readCondition(text: string, variables: Variables): Read<Condition> {
  if (text.length > mostText) return flaw(`longer than ${mostText} characters`);
  try {
    const environment = new Environment({ unlistedVariablesAreDyn: false, limits });
    for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
    const program = environment.parse(text);
    const { valid, type, error } = program.check();
    if (!valid) return flaw(unknownName(firstLine(error), variables));
    if (type !== 'bool' && type !== 'dyn') return flaw(`gives ${type}, not true or false`);
    return {
      kind: 'value',
      value: { text, asks: asked(program.ast), holds: (values) => answer(program, values) },
    };
  } catch (error) {
    return flaw(firstLine(error));
  }
}

function asked(node: ASTNode): readonly (readonly string[])[] {
  const path = pathOf(node);
  return path === null ? partsOf(node.args).flatMap(asked) : [path];
}

/** Null where it is no chain of names that begins with a variable. */
function pathOf(node: ASTNode): readonly string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.' && node.op !== '[]') return null;
  const [of, key] = node.args;
  const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : null;
  const path = pathOf(of);
  return path === null || typeof name !== 'string' ? null : [...path, name];
}

const partsOf = (args: unknown): readonly ASTNode[] =>
  Array.isArray(args) ? args.flatMap(partsOf) : isNode(args) ? [args] : [];

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

function answer(
  program: (values: Record<string, unknown>) => unknown,
  values: Json,
): ReturnType<Condition['holds']> {
  try {
    const result = program({ ...values });
    if (typeof result === 'boolean') return result ? 'yes' : 'no';
    return { unclear: `the condition gave ${typeof result}, not true or false` };
  } catch (error) {
    return { unclear: firstLine(error) };
  }
}

function unknownName(message: string, variables: Variables): string {
  const [, name] = /^Unknown variable: (\w+)$/.exec(message) ?? [];
  if (name === undefined) return message;
  const known = Object.keys(variables);
  const likely = nearest(name, known);
  return `unknown name ${name}; ${likely === undefined ? `known are ${known.join(', ')}` : `did you mean ${likely}?`}`;
}

const flaw = (message: string): Read<never> => ({ kind: 'flaw', message });

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
