/**
 * Pods as popular charts, operators and other injectors make them, and as the API server then hands them to a
 * webhook: NAME.yaml, whose first lines say where it comes from. NAME.admission.yaml is what becomes of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const folder = 'test/webhook/golden';
const [input, output] = ['.yaml', '.admission.yaml'];

export interface Golden {
  readonly name: string;
  readonly pod: unknown;
}

export const admissionFile = (name: string): string => `${folder}/${name}${output}`;

export const goldens: readonly Golden[] = namesOf(input)
  .filter((name) => !name.endsWith('.admission'))
  .map((name) => ({ name, pod: parse(readFileSync(`${folder}/${name}${input}`, 'utf8')) as unknown }));

/** Of those that have an admission written down. */
export const admissionNames = (): readonly string[] => namesOf(output);

function namesOf(ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}
