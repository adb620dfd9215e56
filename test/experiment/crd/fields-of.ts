/** Every field of a structural schema. */
import type { StructuralSchema } from '../../../experiment/crd/structural-schema.js';

export interface Field {
  readonly path: readonly string[];
  readonly schema: StructuralSchema;
}

export function fieldsOf(schema: StructuralSchema, path: readonly string[] = []): readonly Field[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      { path: [...path, name], schema: field },
      ...fieldsOf(field, [...path, name]),
    ]),
    ...[items, additionalProperties].flatMap((inner) => (inner ? fieldsOf(inner, path) : [])),
  ];
}
