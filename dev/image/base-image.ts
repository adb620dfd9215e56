/**
 * What images are built on: Node's own image from a registry, or, where none is reached, a Debian of our own making that
 * has Node and npm where Node's image has them.
 *
 *     registry ─ answers in seconds ──► pulled ──┐
 *              └ else ──► debootstrap ──► made ──┴─► kept by the builder
 */
import { spawnSync } from 'node:child_process';
import { type Builder, runBuilder } from './builder.js';
import { debianBaseReference, makeDebianBase } from './debian-base.js';
import { pull } from './pull.js';

export const nodeImage = 'docker.io/library/node:26-bookworm-slim';

/** Node's image and no other, our own and no other, or any image by its reference. */
export type BaseWanted = 'registry' | 'debootstrap' | `${string}:${string}` | `${string}/${string}`;

export interface BaseImage {
  /** That `FROM` takes. */
  readonly reference: string;
  /** Of its manifest; null where the builder keeps none. */
  readonly digest: string | null;
}

export interface BaseOptions {
  readonly wanted?: BaseWanted;
  /** One of our own making is made again, with what Debian mended meanwhile. */
  readonly renew?: boolean;
  readonly say: (line: string) => void;
}

const askMs = 30_000;

export async function baseImage(builder: Builder, options: BaseOptions): Promise<BaseImage> {
  const reference = await referenceOf(builder, options);
  return { reference, digest: digestOf(builder, reference) };
}

export const isBaseWanted = (text: string): text is BaseWanted =>
  text === 'registry' || text === 'debootstrap' || /[:/]/.test(text);

async function referenceOf(builder: Builder, { wanted, renew = false, say }: BaseOptions): Promise<string> {
  if (wanted === 'debootstrap') return ownBase(builder, renew, say);
  const named = wanted === undefined || wanted === 'registry' ? nodeImage : wanted;
  const reason = has(builder, named) ? null : await pull(builder, named);
  if (reason === null) return named;
  if (wanted !== undefined) throw new Error(`${named} cannot be pulled: ${reason}`);
  say(`the base is our own, since ${nodeImage} cannot be pulled: ${reason}`);
  return ownBase(builder, renew, say);
}

async function ownBase(builder: Builder, renew: boolean, say: (line: string) => void): Promise<string> {
  const reference = debianBaseReference();
  if (!renew && has(builder, reference)) return reference;
  say(`making ${reference}: Debian by debootstrap, and Node from npm (some minutes, once)`);
  await makeDebianBase(builder, reference);
  return reference;
}

function has(builder: Builder, reference: string): boolean {
  const [program = '', ...args] = builder.command(['inspect', '--type=image', reference]);
  return spawnSync(program, args, { stdio: 'ignore', timeout: askMs }).status === 0;
}

function digestOf(builder: Builder, reference: string): string | null {
  const field = { buildah: '{{.FromImageDigest}}', podman: '{{.Digest}}', docker: '{{json .RepoDigests}}' };
  const said = runBuilder(builder, ['inspect', '--type=image', `--format=${field[builder.name]}`, reference]);
  return /sha256:[0-9a-f]{64}/.exec(said)?.[0] ?? null;
}
