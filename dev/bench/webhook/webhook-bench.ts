/**
 * `npm run bench:webhook`: a real webhook on one core, asked over HTTPS from another; ours beside one that has
 * fast-json-patch compare.
 */
import { join } from 'node:path';
import { run } from '../../programs/run.js';
import { requirePrograms } from '../machine.js';
import { goalColumn, ratioColumn, spreadColumn, titleColumn, unitColumn, valueColumn } from '../report.js';
import type { Bench, Setup } from '../run-bench.js';
import { benchmarks } from './benchmarks.js';
import { twoCores } from './cores.js';
import { ReviewServer } from './review-server.js';
import { type Size, targetNames, type WebhookTarget } from './target.js';

const pair = ['ours', 'compare'] as const;

export const webhookBench: Bench<WebhookTarget, Size> = {
  name: 'webhook',
  benchmarks,
  targets: targetNames,
  rounds: 5,
  sizes: {
    full: {
      reviews: { measured: 20_000, warmUp: 4000 },
      largeReviews: { measured: 2000, warmUp: 400 },
      memoryAfter: [10_000, 50_000, 100_000],
    },
    quick: {
      reviews: { measured: 1000, warmUp: 500 },
      largeReviews: { measured: 100, warmUp: 50 },
      memoryAfter: [200, 400, 600],
    },
  },
  check: (targets) => {
    const programs = [
      { program: 'taskset', debianPackage: 'util-linux' },
      { program: 'openssl', debianPackage: 'openssl' },
    ];
    requirePrograms(programs, targets);
    twoCores();
  },
  open: openTargets,
  tables: [
    [
      titleColumn,
      unitColumn,
      valueColumn('ours', 'ours'),
      valueColumn('compare', 'compare'),
      ratioColumn('ours/compare', pair),
      spreadColumn('in rounds', pair),
      goalColumn,
    ],
  ],
};

/** One server for each target. They share a core, and are asked one at a time. */
async function openTargets(names: readonly string[], setup: Setup): Promise<readonly WebhookTarget[]> {
  const { folder, closing, signal } = setup;
  const certificate = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const subject = ['-subj', '/CN=havock8s-bench', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-noenc',
    '-keyout',
    certificate.key,
  ];
  await run('openssl', ['req', '-x509', ...key, ...subject, '-out', certificate.certificate], { signal });
  const targets: WebhookTarget[] = [];
  for (const name of targetNames.filter((one) => names.includes(one))) {
    const startAnother = () => ReviewServer.start({ name, certificate, signal });
    targets.push({ name, label: name, server: closing.use(await startAnother()), startAnother });
  }
  return targets;
}
