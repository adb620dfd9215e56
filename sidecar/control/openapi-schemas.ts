/** The shapes of the API as JSON Schema 2020-12, for the OpenAPI document. Strict: a field that is not here is not sent. */

const string = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const seed = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const ports = { type: 'array', items: { type: 'integer', minimum: 1, maximum: 65_535 } } as const;
const strings = { type: 'array', items: string } as const;

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const listOf = (name: string) => ({ type: 'array', items: ref(name) });
const nullable = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] });

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const source = { enum: ['annotation', 'control', 'local'], description: 'Who asks for the fault' };

export const schemas = {
  FaultName: { type: 'string', pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$' },
  FaultRequest: object({
    sentence: { type: 'string', examples: ['disk latency 200ms on fsync in pg_wal/** for 5m'] },
  }),
  Tallies: object({ matched: count, injected: count, exempted: count, passed: count }),
  Met: object({ matched: count, injected: count, exempted: count }),
  Traffic: object({ connections: ref('Met'), bytes: ref('Met') }),
  SentenceProblem: object(
    {
      code: { type: 'string', description: 'Stable' },
      message: string,
      column: {
        type: 'integer',
        minimum: 1,
        description: 'Where it begins in the sentence, in UTF-16 units',
      },
      length: { type: 'integer', minimum: 1 },
      found: string,
      allowed: strings,
      nearest: string,
    },
    ['allowed', 'nearest'],
  ),
  Fault: object({
    name: ref('FaultName'),
    source,
    sentence: { type: 'string', description: 'In canonical form; as written when refused' },
    state: {
      enum: ['armed', 'expired', 'disarmed', 'shadowed', 'refused'],
      description: 'Only an armed fault injects. Shadowed: another source has the name',
    },
    reason: { type: ['string', 'null'], description: 'Why it is disarmed, as a code' },
    plane: { enum: ['disk', 'tcp', null] },
    effect: nullable(string),
    explanation: { type: ['string', 'null'], description: 'What it does, in English' },
    startedAt: nullable(instant),
    endsAt: nullable(instant),
    remainingMs: { type: 'number', minimum: 0 },
    seed: {
      ...nullable(seed),
      description: 'What its dice follow from; null where nothing is rolled, or the kernel rolls',
    },
    tallies: ref('Tallies'),
    traffic: { oneOf: [ref('Traffic'), { type: 'null' }], description: 'Of a fault of the TCP plane' },
    remarks: { ...strings, description: 'What to know of it, as that a name has no address' },
    problems: listOf('SentenceProblem'),
  }),
  FaultList: object({ faults: listOf('Fault') }),
  FaultEvent: object({
    id: string,
    at: instant,
    kind: { enum: ['armed', 'hit', 'expired', 'disarmed', 'refused'] },
    name: ref('FaultName'),
    source,
    sentence: string,
    reason: nullable(string),
    tallies: { oneOf: [ref('Tallies'), { type: 'null' }] },
    problems: listOf('SentenceProblem'),
  }),
  Mount: object({
    volume: string,
    backing: string,
    mountpoint: string,
    readOnly: { type: 'boolean' },
    protocol: { type: 'string', description: 'Agreed with the kernel', examples: ['7.45'] },
    features: strings,
    resend: { type: 'boolean', description: 'What was in flight when the plane died can be asked for again' },
    backingTrouble: nullable(string),
  }),
  DiskSummary: object({
    mounts: listOf('Mount'),
    parked: count,
    parkedOverflows: count,
    exhausted: { ...count, description: 'Files that were not opened, for want of descriptors' },
    disarmedBy: nullable(string),
  }),
  Forward: object({ listen: string, upstream: string }),
  Interception: object({
    inboundPorts: ports,
    outboundPorts: ports,
    node: { ...strings, description: 'Addresses that are spared unless a sentence says node' },
    mended: { ...count, description: 'Times somebody had changed our rules, and they were made anew' },
    conntrack: { oneOf: [object({ entries: count, most: count }), { type: 'null' }] },
  }),
  TcpStatus: object({
    forwards: listOf('Forward'),
    interception: { oneOf: [ref('Interception'), { type: 'null' }] },
    restarts: count,
    open: count,
    accepted: count,
    upstreamFailures: { ...count, description: 'Connections whose server refused or was not to be reached' },
    resets: count,
    bytesUp: count,
    bytesDown: count,
    heldBytes: count,
    exhausted: { ...count, description: 'Connections that were refused, for want of descriptors' },
    disarmedBy: nullable(string),
  }),
  PlanStatus: object({
    version: count,
    changedAt: instant,
    ageMs: { type: 'number', minimum: 0 },
    armed: count,
    listed: count,
    seed: { ...seed, description: 'What the dice of faults follow from whose sentence names no seed' },
    seedGiven: { type: 'boolean', description: 'By --seed; else it was taken by chance' },
    disarmedBy: { type: ['string', 'null'], description: 'The code of what disarmed everything for good' },
  }),
  Status: object({
    version: string,
    node: string,
    kernel: string,
    pids: object({ plane: count, holder: nullable({ type: 'integer' }) }),
    startedAt: instant,
    uptimeMs: { type: 'number', minimum: 0 },
    restarts: count,
    ready: { type: 'boolean' },
    notReady: nullable(string),
    plan: ref('PlanStatus'),
    disk: { oneOf: [ref('DiskSummary'), { type: 'null' }] },
    tcp: { oneOf: [ref('TcpStatus'), { type: 'null' }] },
  }),
  Health: object({ status: { const: 'ok' } }),
  Problem: {
    ...object(
      {
        type: { type: 'string', format: 'uri' },
        title: string,
        status: { type: 'integer' },
        detail: string,
        code: { type: 'string', description: 'Stable' },
        problems: listOf('SentenceProblem'),
      },
      ['problems'],
    ),
    description: 'RFC 9457',
  },
} as const;
