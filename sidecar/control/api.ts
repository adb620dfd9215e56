/**
 * The shapes of the control endpoint's answers: checked by the client, written into the OpenAPI document, and types of
 * both ends. It takes 12 MB of memory where it is loaded: the sidecar loads it when it is asked for the document, the command
 * line when it asks a sidecar.
 */
import * as z from 'zod';

const count = z.int().min(0);
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const instant = z.iso.datetime();
const milliseconds = z.number().min(0);
const ports = z.array(z.int().min(1).max(65_535));
const texts = z.array(z.string());

const FaultName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);

const FaultRequest = z.object({
  sentence: z.string().meta({ examples: ['disk latency 200ms on fsync in pg_wal/** for 5m'] }),
});

const Tallies = z.object({ matched: count, injected: count, exempted: count, passed: count });

const Met = z.object({ matched: count, injected: count, exempted: count });

const Traffic = z.object({ connections: Met, bytes: Met });

const SentenceProblem = z.object({
  code: z.string().describe('Stable'),
  message: z.string(),
  column: z.int().min(1).describe('Where it begins in the sentence, in UTF-16 units'),
  length: z.int().min(1),
  found: z.string(),
  allowed: texts.exactOptional(),
  nearest: z.string().exactOptional(),
});

const source = z.enum(['annotation', 'control', 'local']).describe('Who asks for the fault');

const Fault = z.object({
  name: FaultName,
  source,
  sentence: z.string().describe('In canonical form; as written when refused'),
  state: z
    .enum(['armed', 'expired', 'disarmed', 'shadowed', 'refused'])
    .describe('Only an armed fault injects. Shadowed: another source has the name'),
  reason: z.string().nullable().describe('Why it is disarmed, as a code'),
  plane: z.enum(['disk', 'tcp']).nullable(),
  effect: z.string().nullable(),
  explanation: z.string().nullable().describe('What it does, in English'),
  startedAt: instant.nullable(),
  endsAt: instant.nullable(),
  remainingMs: milliseconds,
  seed: seed
    .nullable()
    .describe('What its dice follow from; null where nothing is rolled, or the kernel rolls'),
  tallies: Tallies,
  traffic: Traffic.nullable().describe('Of a TCP fault'),
  remarks: texts.describe('What to know of it, as that a name has no address'),
  problems: z.array(SentenceProblem),
});

const PodName = z.object({ namespace: z.string(), name: z.string(), uid: z.string() });

const Sidecar = z.object({
  version: z.string(),
  pod: PodName.nullable().describe('Whose sidecar answers; null outside a pod'),
  startedAt: instant.describe('When this fault proxy began to serve: another time is another process'),
  now: instant.describe('By its own wall clock, which deadlines go by'),
  draining: z.boolean().describe('It was asked to end, and arms nothing any more'),
});

const FaultList = z.object({ faults: z.array(Fault), sidecar: Sidecar });

const FaultEvent = z.object({
  id: z.string(),
  at: instant,
  kind: z.enum(['armed', 'hit', 'expired', 'disarmed', 'refused']),
  name: FaultName,
  source,
  sentence: z.string(),
  reason: z.string().nullable(),
  tallies: Tallies.nullable(),
  problems: z.array(SentenceProblem),
});

const Mount = z.object({
  volume: z.string(),
  backing: z.string(),
  mountpoint: z.string(),
  readOnly: z.boolean(),
  protocol: z.string().meta({ description: 'Agreed with the kernel', examples: ['7.45'] }),
  features: texts,
  resend: z.boolean().describe('What was in flight when the fault proxy died can be asked for again'),
  backingTrouble: z.string().nullable(),
});

const DiskSummary = z.object({
  mounts: z.array(Mount),
  parked: count,
  parkedOverflows: count,
  exhausted: count.describe('Files that were not opened, for want of descriptors'),
  disarmedBy: z.string().nullable(),
});

const Forward = z.object({ listen: z.string(), upstream: z.string() });

const Interception = z.object({
  inboundPorts: ports,
  outboundPorts: ports,
  node: texts.describe('Addresses that are spared unless a sentence says node'),
  mended: count.describe('Times somebody had changed our rules, and they were made again'),
  conntrack: z.object({ entries: count, most: count }).nullable(),
});

const TcpStatus = z.object({
  forwards: z.array(Forward),
  interception: Interception.nullable(),
  restarts: count,
  open: count,
  accepted: count,
  upstreamFailures: count.describe('Connections whose server refused or could not be reached'),
  resets: count,
  bytesUp: count,
  bytesDown: count,
  heldBytes: count,
  exhausted: count.describe('Connections that were refused, for want of descriptors'),
  disarmedBy: z.string().nullable(),
});

const PlanStatus = z.object({
  version: count,
  changedAt: instant,
  ageMs: milliseconds,
  armed: count,
  listed: count,
  seed: seed.describe('What the dice of faults follow from whose sentence names no seed'),
  seedGiven: z.boolean().describe('By --seed; else it was taken by chance'),
  disarmedBy: z.string().nullable().describe('The code of what disarmed everything for good'),
});

const Status = z.object({
  version: z.string(),
  node: z.string(),
  kernel: z.string(),
  pids: z.object({ faultProxy: count, holder: z.int().nullable() }),
  startedAt: instant,
  uptimeMs: milliseconds,
  restarts: count,
  ready: z.boolean(),
  notReady: z.string().nullable(),
  plan: PlanStatus,
  disk: DiskSummary.nullable(),
  tcp: TcpStatus.nullable(),
});

const Health = z.object({ status: z.literal('ok') });

const Problem = z
  .object({
    type: z.string().meta({ format: 'uri' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable'),
    problems: z.array(SentenceProblem).exactOptional(),
  })
  .describe('RFC 9457');

export const shapes = {
  FaultName,
  FaultRequest,
  Tallies,
  Met,
  Traffic,
  SentenceProblem,
  Fault,
  PodName,
  Sidecar,
  FaultList,
  FaultEvent,
  Mount,
  DiskSummary,
  Forward,
  Interception,
  TcpStatus,
  PlanStatus,
  Status,
  Health,
  Problem,
} as const;

export type ShapeName = keyof typeof shapes;

type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T;

/** What an answer of that shape is. */
export type Shape<Name extends ShapeName> = Immutable<z.infer<(typeof shapes)[Name]>>;

/** Of all shapes, by name, as an OpenAPI 3.1 document has them among its components. Strict: no other field is sent. */
export function componentSchemas(): Readonly<Record<string, object>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, shape] of Object.entries(shapes)) registry.add(shape, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _id, $schema: _dialect, ...schema }]) => [name, schema]),
  );
}
