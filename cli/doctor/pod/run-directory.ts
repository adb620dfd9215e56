/** Check `run`: the directory in memory where deadlines are kept. Full, they do not outlive a restart. */
import { statfsSync } from 'node:fs';
import type { Check } from '../check.js';
import { broken, type Judgement, ok, warning } from '../finding.js';
import type { PodPlace } from './pod-place.js';

export interface RoomFacts {
  readonly path: string;
  readonly bytes: number;
  readonly freeBytes: number;
  readonly freeFiles: number;
}

export const runDirectory = ({ paths }: PodPlace): Check => ({
  name: 'run',
  look: () => {
    const { bsize, blocks, bavail, ffree, files } = statfsSync(paths.run);
    return judgeRoom({
      path: paths.run,
      bytes: blocks * bsize,
      freeBytes: bavail * bsize,
      // Where files are not counted there are as many as one likes.
      freeFiles: files === 0 ? Number.POSITIVE_INFINITY : ffree,
    });
  },
});

const little = 0.1;

export function judgeRoom({ path: subject, bytes, freeBytes, freeFiles }: RoomFacts): readonly Judgement[] {
  const mend = [
    `see what fills it: ls -la ${subject} ${subject}/state`,
    'more room, for pods made from then on: runSizeLimit of the webhook',
  ];
  const found = `${mebibytes(freeBytes)} free of ${mebibytes(bytes)}${freeFiles === 0 ? ', and no file more' : ''}`;
  if (freeBytes === 0 || freeFiles === 0)
    return [
      broken({
        subject,
        found,
        follows:
          'deadlines are not kept: the time of an armed fault starts again when its fault proxy is started again',
        mend,
      }),
    ];
  if (freeBytes < bytes * little)
    return [warning({ subject, found, follows: 'soon no deadline is kept', mend })];
  return [ok(`${subject}: ${found}`)];
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
