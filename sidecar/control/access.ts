/**
 * Who may change faults through the endpoint; everybody on the loopback may read.
 *
 *     in a pod     whoever has the token, which only the two sidecars can read
 *     locally      the user that started the sidecar, and root: the kernel says whose the other end of a connection is
 *
 * A pod's containers often share a user, so there the user says nothing; and whoever may exec, port-forward or start an
 * ephemeral container reaches the loopback.
 */
import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { assertNever } from '../../core/assert-never.js';
import { problemDocument, sendProblem } from './problem-document.js';

export type ControlAccess =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'users'; readonly uids: readonly number[] }
  | { readonly kind: 'token'; readonly file: string };

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function requireAccess(access: ControlAccess): RequestHandler {
  return async (request, response, next) => {
    if (reading.has(request.method)) return next();
    const refusal = await refusalOf(access, request);
    if (refusal === null) return next();
    if (access.kind === 'token') response.set('WWW-Authenticate', 'Bearer');
    sendProblem(
      response,
      problemDocument(access.kind === 'token' ? 'no-token' : 'not-your-sidecar', refusal),
    );
  };
}

/** Null: go on. */
async function refusalOf(access: ControlAccess, request: IncomingMessage): Promise<string | null> {
  switch (access.kind) {
    case 'anybody':
      return null;
    case 'token': {
      const token = (await readFile(access.file, 'utf8').catch(() => '')).trim();
      return isBearer(request.headers.authorization, token)
        ? null
        : `expected the header "Authorization: Bearer TOKEN", with the token in ${access.file} of container havock8s-faults; havock8s arm and disarm send it by themselves there`;
    }
    case 'users': {
      const uid = await peerUser(request);
      return uid !== null && access.uids.includes(uid)
        ? null
        : `the request comes from ${uid === null ? 'an unknown user' : `user ${uid}`}; expected user ${access.uids.join(' or ')}; --open-control lets everybody on this machine change faults`;
    }
    default:
      return assertNever(access);
  }
}

function isBearer(header: string | undefined, token: string): boolean {
  const [given, wanted] = [header ?? '', `Bearer ${token}`].map((text) => Buffer.from(text)) as [
    Buffer,
    Buffer,
  ];
  return token !== '' && given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Of the process at the other end, as /proc/net lists its socket; null where it is not listed. */
async function peerUser({ socket }: IncomingMessage): Promise<number | null> {
  const { localPort, remotePort } = socket;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n');
    for (const line of lines) {
      const [, local = '', remote = '', , , , , uid = ''] = line.trim().split(/\s+/);
      if (portOf(local) === remotePort && portOf(remote) === localPort && isLoopback(local))
        return Number(uid);
    }
  }
  return null;
}

/** `0100007F:1E80`: address, as the machine's words have it, and port, in hexadecimal. */
const portOf = (end: string): number => Number.parseInt(end.split(':')[1] ?? '', 16);

/** 127.0.0.0/8, ::1, and the former as IPv6 writes it. */
const isLoopback = (end: string): boolean =>
  /^(0{24}01000000|(0{16}(FFFF0000|0000FFFF))?[0-9A-F]{6}7F):/i.test(end);
