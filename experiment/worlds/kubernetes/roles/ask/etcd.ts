/** etcd by its HTTP gateway: a member says who leads, and who it is itself. Alarms keep it from taking writes. */
import { isObject, type Json, valueAt } from '../../../../../core/json.js';
import { httpExchange } from '../../../../probes/http-exchange.js';
import { type AskRole, type DatabaseAddress, said, saidNone, tlsOptions, urlOf } from './address.js';

export const askEtcd: AskRole = async (at, signal) => {
  const { memberId, leaderId, isLearner, errors } = await etcdStatus(at, signal);
  if (leaderId === null) return saidNone(`it knows no leader${listed(errors)}`);
  if (leaderId === memberId)
    return said('primary', `it leads${listed(errors)}`, { writable: errors.length === 0 });
  return said('replica', `${isLearner ? 'a learner, ' : ''}${leaderId} leads${listed(errors)}`, {
    // Any member takes a write, and hands it to the leader: it is the leader that matters.
    writable: false,
  });
};

export interface EtcdStatus {
  readonly memberId: string;
  /** Null where it knows none. */
  readonly leaderId: string | null;
  readonly isLearner: boolean;
  /** In its own words, such as `NOSPACE`. */
  readonly errors: readonly string[];
}

export async function etcdStatus(at: DatabaseAddress, signal: AbortSignal): Promise<EtcdStatus> {
  const answer = await askGateway(at, { path: 'maintenance/status', body: {}, signal });
  const leader = String(valueAt(answer, ['leader']) ?? '0');
  const errors = valueAt(answer, ['errors']);
  return {
    memberId: String(valueAt(answer, ['header', 'member_id']) ?? ''),
    leaderId: leader === '0' ? null : leader,
    isLearner: valueAt(answer, ['isLearner']) === true,
    errors: Array.isArray(errors) ? errors.map(String) : [],
  };
}

export interface GatewayQuestion {
  readonly path: string;
  readonly body: object;
  readonly signal: AbortSignal;
}

/** Rejects with what etcd said, where that was no answer. */
export async function askGateway(
  at: DatabaseAddress,
  { path, body, signal }: GatewayQuestion,
): Promise<Json> {
  const token = at.user === null ? null : await tokenOf(at, signal);
  return post(at, { path, body, signal, token });
}

async function tokenOf(at: DatabaseAddress, signal: AbortSignal): Promise<string> {
  const body = { name: at.user, password: at.password ?? '' };
  return String(valueAt(await post(at, { path: 'auth/authenticate', body, signal, token: null }), ['token']));
}

async function post(
  at: DatabaseAddress,
  { path, body, signal, token }: GatewayQuestion & { readonly token: string | null },
): Promise<Json> {
  const { status, json } = await httpExchange(
    {
      url: new URL(`v3/${path}`, urlOf(at.tls === null ? 'http' : 'https', at)).href,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: token }) },
      body: JSON.stringify(body),
      ...(at.tls !== null && { secure: tlsOptions(at.tls) }),
    },
    signal,
  );
  if (status === 200 && isObject(json)) return json;
  throw new Error(`etcd answered ${status}: ${String(valueAt(json, ['message']) ?? 'no JSON')}`);
}

const listed = (errors: readonly string[]): string => (errors.length === 0 ? '' : `; ${errors.join(', ')}`);
