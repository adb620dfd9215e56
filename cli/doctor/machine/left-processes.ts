/** Check `processes`: holders and fault proxies that lost the supervisor which would have ended them. */
import type { Check } from '../check.js';
import { type Judgement, ok, warning } from '../finding.js';
import { findProcesses, type SeenProcess } from './processes.js';

export const leftProcesses: Check = { name: 'processes', look: () => judgeProcesses(findProcesses()) };

const wards = /^havock8s-(mount|faults|spare)$/;
const supervisors = /^havock8s-(local|supervisor)$/;

/** Of a container, PID 1 ends everything: those are none of this machine's business. */
export function judgeProcesses(seen: readonly SeenProcess[]): readonly Judgement[] {
  const here = seen.filter(({ isInContainer, state }) => !isInContainer && state !== 'Z');
  const left = here.filter(
    ({ name, parent }) =>
      wards.test(name) &&
      parent !== 0 &&
      !here.some((one) => one.pid === parent && supervisors.test(one.name)),
  );
  if (left.length === 0) return [ok(here.length === 0 ? 'none of ours runs here' : living(here))];
  return left.map(({ pid, name, state }) =>
    warning({
      subject: `${name} ${pid}`,
      found: state === 'D' ? 'it waits in the kernel, and its supervisor is gone' : 'its supervisor is gone',
      follows: name === 'havock8s-mount' ? 'it keeps its mounts' : 'it serves on, and nobody replaces it',
      mend: [`kill ${pid}`, 'havock8s doctor, once more: for the mounts it may leave'],
    }),
  );
}

const living = (here: readonly SeenProcess[]): string =>
  `each has its supervisor: ${here.map(({ name, pid }) => `${name} ${pid}`).join(', ')}`;
