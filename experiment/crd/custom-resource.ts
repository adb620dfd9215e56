/** The CustomResourceDefinition of a kind of ours, around the schema of its objects. */
import { apiVersion } from '../file/experiment.js';
import type { StructuralSchema } from './structural-schema.js';

const [group = '', version = ''] = apiVersion.split('/');

export interface CustomResource {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly columns: readonly object[];
  /** Fields of the status that `kubectl get --field-selector` knows. */
  readonly selectable: readonly string[];
  readonly schema: StructuralSchema;
}

export const customResource = ({ kind, plural, shortName, columns, selectable, schema }: CustomResource) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    // With it every object would go.
    annotations: { 'helm.sh/resource-policy': 'keep' },
  },
  spec: {
    group,
    scope: 'Namespaced',
    names: {
      kind,
      listKind: `${kind}List`,
      plural,
      singular: kind.toLowerCase(),
      shortNames: [shortName],
      categories: ['havock8s'],
    },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: columns,
        ...(selectable.length > 0 && {
          selectableFields: selectable.map((field) => ({ jsonPath: `.status.${field}` })),
        }),
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
});

export const column = (name: string, jsonPath: string, description: string, more: object = {}) => ({
  name,
  type: 'string',
  jsonPath,
  description,
  ...more,
});
