/** Who votes, asked of the database: of each pod, as roles are. */
import { etcdMembers } from './etcd-members.js';
import { mongodbMembers } from './mongodb-members.js';
import { sentinelMembers } from './sentinel-members.js';
import type { AskMembers } from './voters-asked.js';

/** The databases whose quorum can be asked for. Of Redis, the Sentinels are asked, at a port of their own. */
export type VoterKind = 'etcd' | 'sentinel' | 'mongodb';

export const askMembers: Readonly<Record<VoterKind, AskMembers>> = {
  etcd: etcdMembers,
  sentinel: sentinelMembers,
  mongodb: mongodbMembers,
};
