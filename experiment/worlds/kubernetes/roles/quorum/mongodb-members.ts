/**
 * Members of a MongoDB replica set, by what `hello` says to everybody: `hosts` may become primary, and so they vote, as do
 * arbiters; `passives` and hidden members may vote or not, which only the set's configuration says.
 */
import type { Json } from '../../../../../core/json.js';
import { askPods, type PodAnswer, roleDatabases } from '../ask/ask-roles.js';
import { mongodbHello } from '../ask/mongodb.js';
import type { Member } from './quorum-after.js';
import type { AskMembers } from './voters-asked.js';

export const mongodbMembers: AskMembers = async (pods, options) => {
  const answers = await askPods(pods, { ...roleDatabases.mongodb, ask: mongodbHello }, options);
  const sets = answers.flatMap(({ answer }) => (typeof answer?.['setName'] === 'string' ? [answer] : []));
  const [set] = sets.toSorted((one, other) => listedIn(other).length - listedIn(one).length);
  if (set === undefined) {
    const why = answers.find(({ answer }) => answer === null)?.why ?? 'they are of no replica set';
    return { kind: 'unknown', why: `no member of MongoDB said who votes (${why})` };
  }
  const listed = listedIn(set);
  const hidden = sets
    .filter((hello) => hello['hidden'] === true)
    .map((hello): Listed => ({ host: String(hello['me']), vote: 'maybe' }));
  const all = [...listed, ...hidden.filter(({ host }) => listed.every((one) => one.host !== host))];
  return {
    kind: 'members',
    membership: {
      of: `replica set ${String(set['setName'])}`,
      members: all.map((one) => memberOf(one, answers)),
    },
  };
};

interface Listed {
  readonly host: string;
  readonly vote: Member['vote'];
}

function listedIn(hello: Json): readonly Listed[] {
  const under = (field: string, vote: Member['vote']): readonly Listed[] => {
    const hosts = hello[field];
    return Array.isArray(hosts) ? hosts.map((host) => ({ host: String(host), vote })) : [];
  };
  return [...under('hosts', 'yes'), ...under('arbiters', 'yes'), ...under('passives', 'maybe')];
}

function memberOf({ host, vote }: Listed, answers: readonly PodAnswer<Json>[]): Member {
  const own = answers.find(({ answer }) => answer?.['me'] === host);
  const hello = own?.answer ?? {};
  const isHealthy = ['isWritablePrimary', 'secondary', 'arbiterOnly'].some((field) => hello[field] === true);
  return { name: own?.pod.name ?? podNameIn(host), vote, isHealthy };
}

/** Of a member that has not answered: the first part of its name in the headless service is its pod's. */
const podNameIn = (host: string): string => /^([^.:]+)\./.exec(host)?.[1] ?? host;
