/** How each effect of the TCP proxy shows to who asks PostgreSQL over it, whichever end the sidecar is at. */
import type { ProbeAgent } from '../probe-agent/probe-agent.js';
import type { Observation } from '../probe-agent/probe-agent-program.js';
import type { Amounts } from './effect-forms.js';
import type { Effect } from './play-effect.js';

/** Clauses: who opens the connection, whither the answers go, and both ways. */
export interface Way {
  readonly opens: string;
  readonly answers: string;
  readonly both: string;
}

export interface Asker {
  readonly eye: ProbeAgent;
  /** The server. */
  readonly host: string;
}

export type TcpRow = Pick<Effect, 'isFaulty' | 'looks'> & {
  readonly amounts?: Amounts;
  readonly way: keyof Way;
  readonly look: (asker: Asker) => Promise<Observation>;
  /** Some of it is still to come when the fault ends. */
  readonly goesOn?: true;
};

const on = 'tcp';

/** On the connection that is there, or a new one when it is gone. */
const asked =
  (letters: number, boundMs = 20_000) =>
  ({ eye, host }: Asker): Promise<Observation> =>
    eye.see({ act: 'query', on, sql: answerOf(letters), server: { host, boundMs }, boundMs });

const answerOf = (letters: number): string => `SELECT repeat('x', ${letters})`;

/** On a connection of its own: what came of it since it was opened, and how long that took. */
async function askedAnew({ eye, host }: Asker, sql: string, name: string = on): Promise<Observation> {
  const greeted = await eye.see({ act: 'open', on: name, host });
  if (greeted.code !== 'ok') return greeted;
  const answer = await eye.see({ act: 'query', on: name, sql });
  const ms = answer.at - greeted.at + answer.ms;
  return { ...answer, ms, bytes: greeted.bytes + answer.bytes };
}

/** The slower. */
async function twoAtOnce(asker: Asker, letters: number): Promise<Observation> {
  const sql = answerOf(letters);
  const answers = await Promise.all(['one', 'other'].map((name) => askedAnew(asker, sql, name)));
  return answers.reduce((one, other) => (one.ms > other.ms ? one : other));
}

/** Bytes are segments. */
async function segmentsOfAnswer(asker: Asker, letters: number): Promise<Observation> {
  const { eye, host } = asker;
  await eye.see({ act: 'open', on, host });
  const before = await eye.see({ act: 'segments', on });
  const answer = await eye.see({ act: 'query', on, sql: answerOf(letters) });
  const after = await eye.see({ act: 'segments', on });
  return { ...answer, bytes: after.bytes - before.bytes };
}

/** Bytes are segments that were sent again while forty questions were asked. */
async function sentAgain(asker: Asker): Promise<Observation> {
  const before = await asker.eye.see({ act: 'retransmissions' });
  let answer = await asked(100)(asker);
  for (let question = 1; question < 40; question++) answer = await asked(100)(asker);
  const after = await asker.eye.see({ act: 'retransmissions' });
  return { ...answer, ms: after.at - before.at, bytes: after.bytes - before.bytes };
}

async function closed({ eye, host }: Asker): Promise<Observation> {
  await eye.see({ act: 'open', on, host });
  const close = await eye.see({ act: 'close', on });
  return { ...close, code: close.code === 'end' ? 'ok' : close.code };
}

const hangs = (ms: number): Pick<TcpRow, 'look' | 'isFaulty' | 'looks' | 'goesOn'> => ({
  look: asked(100, ms),
  isFaulty: ({ code }) => code === 'waiting',
  looks: 1,
  goesOn: true,
});

export const tcpRows: Readonly<Record<string, TcpRow>> = {
  'latency D': {
    amounts: { D: '400ms' },
    way: 'both',
    look: asked(100),
    isFaulty: ({ ms }) => ms >= 400,
  },
  'bandwidth SIZE/s': {
    amounts: { SIZE: '256Ki' },
    way: 'both',
    look: (asker) => twoAtOnce(asker, 256 << 10),
    isFaulty: ({ ms }) => ms >= 1500,
  },
  'bandwidth SIZE/s each': {
    amounts: { SIZE: '256Ki' },
    way: 'both',
    look: (asker) => twoAtOnce(asker, 256 << 10),
    isFaulty: ({ ms }) => ms >= 800,
  },
  reset: {
    way: 'both',
    look: asked(100),
    isFaulty: ({ code }) => code === 'ECONNRESET',
  },
  'reset after SIZE': {
    amounts: { SIZE: '4Ki' },
    way: 'answers',
    look: (asker) => askedAnew(asker, answerOf(64 << 10)),
    isFaulty: ({ code, bytes }) => code === 'ECONNRESET' && bytes > 0 && bytes <= 4096,
  },
  'reset after D': {
    amounts: { D: '1s' },
    way: 'both',
    look: (asker) => askedAnew(asker, 'SELECT pg_sleep(2)'),
    isFaulty: ({ code, ms }) => code === 'ECONNRESET' && ms >= 1000,
  },
  blackhole: { way: 'both', ...hangs(1500) },
  'blackhole close after D': {
    amounts: { D: '1s' },
    way: 'both',
    look: (asker) => askedAnew(asker, answerOf(100)),
    isFaulty: ({ code, bytes, ms }) => code === 'end' && bytes === 0 && ms >= 1000,
  },
  refuse: {
    way: 'opens',
    look: ({ eye, host }) => eye.see({ act: 'visit', host }),
    isFaulty: ({ code }) => code === 'ECONNREFUSED',
  },
  partition: { way: 'both', ...hangs(1500) },
  'loss P': {
    amounts: { P: '20%' },
    way: 'both',
    look: sentAgain,
    isFaulty: ({ bytes }) => bytes > 0,
    looks: 1,
  },
  'slice SIZE': {
    amounts: { SIZE: '512B' },
    way: 'answers',
    look: (asker) => segmentsOfAnswer(asker, 5120),
    isFaulty: ({ bytes }) => bytes >= 10,
  },
  'slow-close D': {
    amounts: { D: '1s' },
    way: 'both',
    look: closed,
    isFaulty: ({ ms }) => ms >= 1000,
  },
  'limit SIZE': {
    amounts: { SIZE: '4Ki' },
    way: 'answers',
    look: (asker) => askedAnew(asker, answerOf(64 << 10)),
    isFaulty: ({ code, bytes }) => code === 'end' && bytes === 4096,
  },
  'corrupt N bits': {
    amounts: { N: '1' },
    way: 'answers',
    look: asked(200, 3000),
    isFaulty: ({ text }, well) => differingBits(text, well.text) === 1,
    looks: 1,
  },
  'corrupt N bits tls': {
    amounts: { N: '1' },
    way: 'answers',
    look: ({ eye, host }) =>
      eye.see({ act: 'query', on: 'tls', sql: answerOf(200), server: { host, tls: true } }),
    isFaulty: ({ code }) => code.startsWith('ERR_SSL_'),
    looks: 1,
  },
};

function differingBits(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => Buffer.from(text, 'latin1'));
  let bits = 0;
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    let difference = (first?.[index] ?? 0) ^ (second?.[index] ?? 0);
    for (; difference > 0; difference &= difference - 1) bits++;
  }
  return bits;
}
