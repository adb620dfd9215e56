/**
 * Redis, Valkey and what speaks like them, by ROLE and INFO. In Redis Cluster there is one primary a shard; a shard is known
 * by its slots, which both sides of a split brain claim, while each has an ID of its own.
 */
import type { PodRole, RoleGroup } from '../role.js';
import { type AskRole, said, saidNone, saidOther } from './address.js';
import { RedisRefusal, type SendRedis, withRedis } from './redis-session.js';

/** It answered that it is not ready: it reads its data, or its primary is away. */
const notYet: ReadonlySet<string> = new Set(['LOADING', 'MASTERDOWN']);

export const askRedis: AskRole = async (at, signal) => {
  try {
    return await withRedis(at, { signal, questions: roleOf });
  } catch (error) {
    if (error instanceof RedisRefusal && notYet.has(error.code)) return saidNone(error.message);
    throw error;
  }
};

async function roleOf(send: SendRedis): Promise<PodRole> {
  const answer = await send('ROLE');
  const [role, host, port, link] = (Array.isArray(answer) ? answer : []).map(String);
  if (role === 'sentinel') return saidOther('a Sentinel, which has no data');
  const info = fieldsOf(String(await send('INFO')));
  const shard = info.get('cluster_enabled') === '1' ? await shardOf(send) : null;
  if (shard?.group === null) return saidOther(shard.seen);
  const group = shard?.group ?? null;
  if (role === 'master') {
    const refusal = shard?.refusal ?? (await refusalOf(send, info));
    return said('primary', `ROLE is master${refusal === null ? '' : `, ${refusal}`}`, {
      writable: refusal === null,
      group,
    });
  }
  // KeyDB and Dragonfly have words of their own.
  if (role !== 'slave' && role !== 'replica') return saidNone(`ROLE is ${role}`);
  return said('replica', `ROLE is ${role} of ${host}:${port}, ${link}`, {
    writable: (info.get('slave_read_only') ?? info.get('replica_read_only')) === '0',
    group,
  });
}

/** Why a primary takes no writes; null where it does. */
async function refusalOf(send: SendRedis, info: ReadonlyMap<string, string>): Promise<string | null> {
  const good = info.get('min_slaves_good_slaves');
  if (good === undefined) return null;
  const needed = await settingOf(send, 'min-replicas-to-write');
  return Number(good) < Number(needed)
    ? `${good} replicas are well, and min-replicas-to-write is ${needed}`
    : null;
}

/** CONFIG may be forbidden: then one is what was asked for at least. */
async function settingOf(send: SendRedis, name: string): Promise<string> {
  const answer = await send('CONFIG', 'GET', name).catch(() => null);
  return Array.isArray(answer) && answer.length > 1 ? String(answer[1]) : '1';
}

interface Shard {
  /** Null: a node without slots, which has no data. */
  readonly group: RoleGroup | null;
  readonly seen: string;
  readonly refusal: string | null;
}

/** `ID ADDRESS FLAGS PRIMARY-ID PING PONG EPOCH LINK SLOT...`, a line a node; a replica has no slots and names its primary. */
async function shardOf(send: SendRedis): Promise<Shard> {
  const nodes = String(await send('CLUSTER', 'NODES'))
    .split('\n')
    .map((line) => line.trim().split(' '));
  const own = nodes.find(([, , flags = '']) => flags.split(',').includes('myself')) ?? [];
  const primary = own[3] === undefined || own[3] === '-' ? own : (nodes.find(([id]) => id === own[3]) ?? own);
  const slots = primary.slice(8).filter((slot) => !slot.startsWith('['));
  const state = fieldsOf(String(await send('CLUSTER', 'INFO'))).get('cluster_state');
  return {
    group: slots.length === 0 ? null : { name: `slots ${slots.join(' ')}`, writers: 'one' },
    seen: 'a node of Redis Cluster without slots',
    refusal: state === 'ok' ? null : `cluster_state is ${state}`,
  };
}

const fieldsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): readonly [string, string][] => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
    }),
  );
