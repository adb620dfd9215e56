/** etcd's members: the list of whom a member knows, and of each pod whether it knows a leader. Learners do not vote. */
import { valueAt } from '../../../../../core/json.js';
import type { DatabaseAddress } from '../ask/address.js';
import { askPods, type PodAnswer } from '../ask/ask-roles.js';
import { askGateway, type EtcdStatus, etcdStatus } from '../ask/etcd.js';
import type { Member } from './quorum-after.js';
import type { AskMembers } from './voters-asked.js';

interface MemberSaid {
  readonly status: EtcdStatus;
  readonly members: readonly ListedMember[];
}

interface ListedMember {
  readonly id: string;
  readonly name: string;
  readonly isLearner: boolean;
}

export const etcdMembers: AskMembers = async (pods, options) => {
  const answers = await askPods(pods, { name: 'etcd', ask: askMember }, options);
  // A member that is cut off has an old list: the longest is the most careful.
  const [list] = answers
    .flatMap(({ answer }) => (answer === null ? [] : [answer.members]))
    .toSorted((one, other) => other.length - one.length);
  if (list === undefined)
    return {
      kind: 'unknown',
      why: `no member of etcd said who votes (${answers[0]?.why ?? 'there is no pod'})`,
    };
  const members = list.map((member) => memberOf(member, answers));
  return { kind: 'members', membership: { of: 'etcd', members } };
};

async function askMember(at: DatabaseAddress, signal: AbortSignal): Promise<MemberSaid> {
  const status = await etcdStatus(at, signal);
  // Its own list: one that goes through the quorum has no answer where that is lost.
  const answer = await askGateway(at, { path: 'cluster/member/list', body: { linearizable: false }, signal });
  const members = valueAt(answer, ['members']);
  return { status, members: Array.isArray(members) ? members.map(listedOf) : [] };
}

const listedOf = (member: unknown): ListedMember => ({
  id: String(valueAt(member, ['ID']) ?? ''),
  name: String(valueAt(member, ['name']) ?? ''),
  isLearner: valueAt(member, ['isLearner']) === true,
});

function memberOf({ id, name, isLearner }: ListedMember, answers: readonly PodAnswer<MemberSaid>[]): Member {
  const own = answers.find(({ answer }) => answer?.status.memberId === id);
  return {
    // One that has not answered is named like its pod by most operators and charts.
    name: own?.pod.name ?? (name === '' ? `member ${id}` : name),
    vote: isLearner ? 'no' : 'yes',
    isHealthy: (own?.answer?.status.leaderId ?? null) !== null,
  };
}
