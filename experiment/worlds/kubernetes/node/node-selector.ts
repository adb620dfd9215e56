/** Selectors of nodes, by their labels and names, as Kubernetes matches them. */

import type { Node } from './node-objects.js';
import type { Expression, NodeSelector, NodeSelectorTerm } from './pod-objects.js';

/** Its terms are alternatives. One that is empty matches no node, and none at all matches every node. */
export function selectsNode(selector: NodeSelector | undefined, node: Node): boolean {
  if (selector === undefined) return true;
  return (selector.nodeSelectorTerms ?? []).some((term) => termSelects(term, node));
}

function termSelects({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((expression) => fits(expression, node.metadata.labels?.[expression.key])) &&
    matchFields.every(
      (expression) => expression.key === 'metadata.name' && fits(expression, node.metadata.name),
    )
  );
}

function fits({ operator, values = [] }: Expression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
