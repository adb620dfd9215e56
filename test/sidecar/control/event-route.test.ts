import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { controlLimits } from '../../../sidecar/control/control-limits.js';
import { assertShape } from './documented.js';
import { type StartedControl, startedControl } from './started-control.js';

interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
  readonly retry?: string;
}

/** Reads the frames of one stream, each when it is asked for. */
class Stream {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  private constructor(response: Response) {
    this.response = response;
    assert.ok(response.body !== null);
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(
    t: TestContext,
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Stream> {
    const abort = new AbortController();
    t.after(() => abort.abort());
    return new Stream(await fetch(`${url}/v1/events`, { headers, signal: abort.signal }));
  }

  /** Null at the end of the stream. */
  async next(): Promise<Frame | null> {
    while (!this.#text.includes('\n\n')) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#text += value;
    }
    const end = this.#text.indexOf('\n\n');
    const lines = this.#text.slice(0, end).split('\n');
    this.#text = this.#text.slice(end + 2);
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')) || 'comment', line.slice(line.indexOf(':') + 2)]),
    );
  }

  async event(): Promise<Frame> {
    const frame = await this.next();
    assert.ok(frame?.data !== undefined);
    assertShape(['components', 'schemas', 'FaultEvent'], { body: JSON.parse(frame.data) }, 'event');
    return frame;
  }
}

async function opened(
  t: TestContext,
  { url }: StartedControl,
  headers?: Readonly<Record<string, string>>,
): Promise<Stream> {
  const stream = await Stream.open(t, url, headers);
  assert.deepEqual(await stream.next(), { retry: '1000' });
  return stream;
}

test('the stream tells what happens to faults, while it happens', async (t) => {
  const control = await startedControl(t);
  const { registry, clock, applier } = control;
  const stream = await opened(t, control);
  assert.equal(stream.response.headers.get('Content-Type'), 'text/event-stream; charset=utf-8');
  await registry.arm('x', 'disk freeze for 10s');
  assert.equal((await stream.event()).event, 'armed');
  applier.meet('fsync');
  clock.advance(1000);
  assert.equal((await stream.event()).event, 'hit');
  clock.advance(9000);
  assert.equal((await stream.event()).event, 'expired');
  await registry.arm('x', 'disk readonly');
  await registry.disarm('x');
  assert.equal((await stream.event()).event, 'armed');
  assert.equal((await stream.event()).event, 'disarmed');
  await registry.arm('x', 'disk freze');
  assert.equal((await stream.event()).event, 'refused');
});

test('who reconnects with Last-Event-ID is told what was missed', async (t) => {
  const control = await startedControl(t);
  const stream = await opened(t, control);
  await control.registry.arm('a', 'disk freeze');
  await control.registry.arm('b', 'disk freeze');
  const first = await stream.event();
  const again = await opened(t, control, { 'Last-Event-ID': first.id ?? '' });
  assert.deepEqual(await again.event(), await stream.event());
  await control.registry.arm('c', 'disk freeze');
  assert.deepEqual(await again.event(), await stream.event());
});

test('who comes with the id of an earlier life is told all that is known', async (t) => {
  const control = await startedControl(t);
  await control.registry.arm('a', 'disk freeze');
  await control.registry.arm('b', 'disk freeze');
  const stream = await opened(t, control, { 'Last-Event-ID': 'zzz-5' });
  const names = [await stream.event(), await stream.event()].map(({ data }) => JSON.parse(data ?? '').name);
  assert.deepEqual(names, ['a', 'b']);
});

test('a quiet stream has a heartbeat', async (t) => {
  const control = await startedControl(t);
  const stream = await opened(t, control);
  for (let beat = 0; beat < 3; beat++) {
    control.clock.advance(controlLimits.heartbeatMs);
    assert.deepEqual(await stream.next(), { comment: 'heartbeat' });
  }
});

test('so many may listen and no more, until one leaves', async (t) => {
  const control = await startedControl(t);
  const leaving = new AbortController();
  const first = await fetch(`${control.url}/v1/events`, { signal: leaving.signal });
  for (let index = 1; index < controlLimits.eventStreams; index++) await opened(t, control);
  const refusals = await Promise.all(Array.from({ length: 100 }, () => control.send('GET', '/v1/events')));
  assert.ok(refusals.every(({ status, headers }) => status === 503 && headers.get('Retry-After') === '5'));
  assert.equal(
    (await control.send('PUT', '/v1/faults/x', { body: { sentence: 'disk freeze' } })).status,
    201,
  );
  assert.equal(first.status, 200);
  leaving.abort();
  await untilAccepted(t, control);
});

/** The server hears of a client's leaving when the kernel tells it, a moment later. */
async function untilAccepted(t: TestContext, { url }: StartedControl): Promise<void> {
  const abort = new AbortController();
  t.after(() => abort.abort());
  for (let attempt = 0; attempt < 1000; attempt++) {
    const { status, body } = await fetch(`${url}/v1/events`, { signal: abort.signal });
    if (status === 200) return;
    await body?.cancel();
  }
  assert.fail('nobody was let in after one had left');
}

test('HEAD has no stream to wait for', async (t) => {
  const { url } = await startedControl(t);
  const response = await fetch(`${url}/v1/events`, { method: 'HEAD' });
  assert.equal(response.status, 200);
});

test('close() ends streams and does not hang', async (t) => {
  const control = await startedControl(t);
  const streams = [await opened(t, control), await opened(t, control)];
  await control.server.close();
  assert.deepEqual(await Promise.all(streams.map((stream) => stream.next())), [null, null]);
  await assert.rejects(fetch(`${control.url}/healthz`));
});

test('the end of the registry ends streams, with what disarmed everything as the last event', async (t) => {
  const control = await startedControl(t);
  const stream = await opened(t, control);
  await control.registry.arm('x', 'disk freeze');
  await control.registry.disarmEverything('sigterm');
  await control.registry.close();
  assert.equal((await stream.event()).event, 'armed');
  const last = await stream.event();
  assert.equal(JSON.parse(last.data ?? '').reason, 'sigterm');
  assert.equal(await stream.next(), null);
});
