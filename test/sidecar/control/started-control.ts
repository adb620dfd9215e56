/** A control endpoint on a free port of the loopback, over a real registry; closed when the test ends. */
import type { TestContext } from 'node:test';
import type { ControlAccess } from '../../../sidecar/control/access.js';
import { startControl } from '../../../sidecar/control/control.js';
import type { ControlServer } from '../../../sidecar/control/listen-control.js';
import type { SidecarFacts } from '../../../sidecar/control/status.js';
import { type OpenedRegistry, openedRegistry } from '../registry/opened-registry.js';
import { type Answer, assertDocumented } from './documented.js';

export interface StartedControl extends OpenedRegistry {
  readonly server: ControlServer;
  readonly url: string;
  /** Sends, and holds what comes back against the OpenAPI document. */
  send(method: string, path: string, request?: Sent): Promise<Received>;
}

export interface Sent {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Received extends Answer {
  readonly headers: Headers;
  readonly text: string;
}

export async function startedControl(
  t: TestContext,
  facts: () => SidecarFacts = someFacts,
  access: ControlAccess = { kind: 'anybody' },
): Promise<StartedControl> {
  let server: ControlServer | undefined;
  t.after(() => server?.close());
  const opened = await openedRegistry(t);
  const { registry, log, clock } = opened;
  server = await startControl({ registry, facts, log, clock, access }, { host: '127.0.0.1', port: 0 });
  const { url } = server;
  return { ...opened, server, url, send: (method, path, request) => send(url, method, path, request) };
}

async function send(
  url: string,
  method: string,
  path: string,
  { body, text, headers }: Sent = {},
): Promise<Received> {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url + path, {
    method,
    headers: { ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const received = await response.text();
  const type = response.headers.get('Content-Type');
  const answer = {
    method,
    path,
    status: response.status,
    type,
    body: type?.includes('json') ? JSON.parse(received) : received,
  };
  assertDocumented(answer);
  return { ...answer, headers: response.headers, text: received };
}

export function someFacts(): SidecarFacts {
  return {
    version: '0.1.0',
    pod: { namespace: 'shop', name: 'pg-0', uid: '5f6c' },
    draining: false,
    startedMs: Date.parse('2026-01-02T03:00:00Z'),
    notReady: null,
    tcp: null,
    disk: {
      holderPid: 4711,
      mounts: [
        {
          volume: 'data',
          backing: '/backing/data',
          mountpoint: '/served/data',
          readOnly: false,
          protocol: '7.45',
          features: ['ASYNC_READ', 'HAS_RESEND'],
          resend: true,
          backingTrouble: null,
        },
      ],
      parked: 3,
      parkedOverflows: 1,
      exhausted: 0,
      restarts: 2,
      disarmedBy: null,
      operations: [
        {
          verb: 'read',
          count: 10,
          errors: 1,
          totalSeconds: 0.5,
          buckets: [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
        },
      ],
    },
  };
}
