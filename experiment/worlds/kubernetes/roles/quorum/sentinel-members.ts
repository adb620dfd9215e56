/** Redis Sentinels: a failover is agreed by `quorum` of them, and led by one that a majority of all has elected. */
import { type Asker, askPods } from '../ask/ask-roles.js';
import { withRedis } from '../ask/redis-session.js';
import type { Member } from './quorum-after.js';
import type { AskMembers } from './voters-asked.js';

interface Watch {
  /** Of the primary. */
  readonly name: string;
  readonly quorum: number;
  /** Sentinels that it knows, itself among them. It never forgets one by itself. */
  readonly sentinels: number;
}

export const sentinelMembers: AskMembers = async (pods, options) => {
  const answers = await askPods(pods, sentinel, options);
  const watches = answers.flatMap(({ answer }) => answer ?? []);
  if (watches.length === 0) {
    const why = answers.find(({ answer }) => answer === null)?.why ?? 'none watches a primary';
    return { kind: 'unknown', why: `no Sentinel said who votes (${why})` };
  }
  const members = answers.map(
    ({ pod, answer }): Member => ({
      name: pod.name,
      vote: 'yes',
      isHealthy: answer !== null && answer.length > 0,
    }),
  );
  const known = Math.max(...watches.map(({ sentinels }) => sentinels));
  const others = Array.from(
    { length: Math.max(0, known - members.length) },
    (_, index): Member => ({
      name: `a Sentinel that is none of the pods (${index + 1})`,
      vote: 'yes',
      isHealthy: false,
    }),
  );
  const names = [...new Set(watches.map(({ name }) => name))].join(', ');
  const atLeast = Math.max(...watches.map(({ quorum }) => quorum));
  return {
    kind: 'members',
    membership: { of: `the Sentinels of ${names}`, members: [...members, ...others], atLeast },
  };
};

const sentinel: Asker<readonly Watch[]> = {
  name: 'the Sentinel',
  load: () => import('@redis/client'),
  ask: (at, signal) =>
    withRedis(at, {
      signal,
      questions: async (send) => {
        const answer = await send('SENTINEL', 'MASTERS');
        return Array.isArray(answer) ? answer.map(watchOf) : [];
      },
    }),
};

/** Names and values in turns. */
function watchOf(answer: unknown): Watch {
  const words = Array.isArray(answer) ? answer.map(String) : [];
  const fieldOf = (name: string): string => {
    const index = words.findIndex((word, at) => at % 2 === 0 && word === name);
    return index < 0 ? '' : (words[index + 1] ?? '');
  };
  return {
    name: fieldOf('name'),
    quorum: Number(fieldOf('quorum')),
    sentinels: Number(fieldOf('num-other-sentinels')) + 1,
  };
}
