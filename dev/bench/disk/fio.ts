/** Reads the JSON fio writes (`--output-format=json`, one group). */
import { HavocError } from '../../../core/havoc-error.js';

export interface FioResult {
  readonly read: FioSide;
  readonly write: FioSide;
  /** The median of its fsyncs. */
  readonly syncMicroseconds: number;
}

interface FioSide {
  readonly iops: number;
  readonly mibPerSecond: number;
}

interface FioJob {
  readonly error: number;
  readonly read: FioJobSide;
  readonly write: FioJobSide;
  readonly sync: { readonly lat_ns?: { readonly percentile?: Readonly<Record<string, number>> } };
}

interface FioJobSide {
  readonly iops: number;
  readonly bw_bytes: number;
}

/** fio prints warnings before its JSON. */
export function parseFio(output: string): FioResult {
  const { jobs } = JSON.parse(output.slice(output.indexOf('{\n'))) as { readonly jobs: readonly FioJob[] };
  const job = jobs[0];
  if (!job || jobs.length > 1)
    throw new HavocError('bench.failed', `fio reported ${jobs.length} groups, not one`);
  if (job.error !== 0) throw new HavocError('bench.failed', `fio met error ${job.error}`);
  return {
    read: side(job.read),
    write: side(job.write),
    syncMicroseconds: (job.sync.lat_ns?.percentile?.['50.000000'] ?? Number.NaN) / 1000,
  };
}

const side = ({ iops, bw_bytes }: FioJobSide): FioSide => ({ iops, mibPerSecond: bw_bytes / 2 ** 20 });
