/** A page of the read-only port of a pod: JSON, bounded in time and size. */

export const pageLimits = { answerMs: 2000, answerBytes: 4 * 1024 * 1024 } as const;

export interface PageAsked {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** Who is asked, for what is said where it does not answer. */
  readonly whose: string;
}

/** Rejects where it does not answer in time. */
export async function readPage({ address, port, path, whose }: PageAsked): Promise<unknown> {
  const host = address.includes(':') ? `[${address}]` : address;
  const response = await fetch(`http://${host}:${port}${path}`, {
    signal: AbortSignal.timeout(pageLimits.answerMs),
    redirect: 'error',
    headers: { connection: 'close' },
  });
  if (!response.ok) throw new Error(`${whose} answered ${response.status}`);
  return JSON.parse(await bounded(response));
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > pageLimits.answerBytes)
      throw new Error(`the answer has more than ${pageLimits.answerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
