/** What `--volume` says, for both containers of a pod: `data`, `wal:ro`. */
import type { PodVolume } from '../../../sidecar/supervise/pod/pod-volume.js';
import type { InputProblem } from '../../bad-input.js';
import { isVolumeName } from '../../volume-name.js';

export const volumeSyntax = 'NAME[:ro]';

/** A fault proxy counts for the readers of so many. */
const mostVolumes = 31;

/** Problems are added to `problems`. */
export function readVolumes(options: readonly string[], problems: InputProblem[]): readonly PodVolume[] {
  const volumes = options.map((text): PodVolume => {
    const readOnly = text.endsWith(':ro');
    return { volume: readOnly ? text.slice(0, -':ro'.length) : text, readOnly };
  });
  for (const [index, { volume }] of volumes.entries()) {
    const subject = `--volume ${options[index]}`;
    if (!isVolumeName(volume))
      problems.push({ subject, message: `expected ${volumeSyntax}, NAME as the pod calls the volume` });
    else if (volumes.findIndex((other) => other.volume === volume) < index)
      problems.push({ subject, message: 'given twice' });
  }
  if (volumes.length > mostVolumes)
    problems.push({
      subject: '--volume',
      message: `${volumes.length} volumes, and at most ${mostVolumes} are served`,
    });
  return volumes;
}
