/**
 * Does a mount answer? Asked by a program of its own, since whoever asks a mount that nobody serves may wait for ever;
 * and past the kernel's cache, which would answer for a server that is dead. No fault reaches this question.
 */
import { askChild, type ChildAnswer } from '../ask-child.js';
import { doctorLimits } from '../doctor-limits.js';

export type MountState = 'serves' | 'dead' | 'hangs' | 'forbidden' | 'unasked';

export async function askMount(path: string): Promise<MountState> {
  const answer = await ask(['stat', '--cached=never', '--format=%i', '--', path]);
  const isOldStat = answer.kind === 'ended' && /unrecognized option|invalid option/.test(answer.stderr);
  return stateOf(isOldStat ? await ask(['stat', '-c', '%i', '--', path]) : answer);
}

const ask = (command: readonly string[]): Promise<ChildAnswer> =>
  askChild(command, { boundMs: doctorLimits.mountMs });

/** ENOTCONN, as glibc and musl say it; ECONNABORTED is what a connection that was aborted says. */
const deadWords = /Transport endpoint is not connected|Socket not connected|connection abort/i;

export function stateOf(answer: ChildAnswer): MountState {
  if (answer.kind === 'late') return 'hangs';
  if (answer.kind === 'missing') return 'unasked';
  if (answer.code === 0) return 'serves';
  if (deadWords.test(answer.stderr)) return 'dead';
  return /Permission denied|Operation not permitted/.test(answer.stderr) ? 'forbidden' : 'unasked';
}
