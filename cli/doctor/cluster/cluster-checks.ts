/** What is looked at in a cluster. */

import { annotatedFaults } from './annotated-faults.js';
import { apiVersion } from './api-version.js';
import { certificate } from './certificate.js';
import { clocks } from './clocks.js';
import type { ClusterCheck } from './cluster-check.js';
import { injection } from './injection.js';
import { namespaces } from './namespaces.js';
import { nodes } from './nodes.js';
import { sidecars } from './sidecars.js';
import { terminating } from './terminating.js';
import { webhookAtWork } from './webhook-at-work.js';

export const clusterChecks: readonly ClusterCheck[] = [
  apiVersion,
  webhookAtWork,
  certificate,
  namespaces,
  nodes,
  clocks,
  injection,
  sidecars,
  terminating,
  annotatedFaults,
];
