/**
 * Builds one Dockerfile and writes it as an archive that nodes take.
 *
 *     Dockerfile, base ─ builder ─► image ─► docker archive
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { authoritiesFile } from './authorities.js';
import type { BaseImage } from './base-image.js';
import { type Builder, runBuilder } from './builder.js';
import { filesEpoch } from './files-epoch.js';

export interface ImageWanted {
  readonly builder: Builder;
  readonly base: BaseImage;
  /** Of what is copied. */
  readonly folder: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly reference: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** Nothing of an earlier build is used. */
  readonly fresh?: boolean;
  readonly say: (line: string) => void;
}

export interface BuiltImage {
  readonly reference: string;
  /** sha256 of its configuration: the same image has the same. */
  readonly id: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly baseBytes: number;
}

const buildMs = 1_200_000;
const saveMs = 300_000;

export async function buildImage(wanted: ImageWanted): Promise<BuiltImage> {
  const { builder, reference, base } = wanted;
  const steps = await build(wanted);
  const { id, bytes } = facts(builder, reference);
  if (wanted.fresh) forget(builder, steps, id);
  return { reference, id, bytes, baseBytes: facts(builder, base.reference).bytes };
}

/** What is half written has another name. */
export function saveImage(builder: Builder, reference: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  rmSync(half, { force: true });
  const args =
    builder.name === 'buildah'
      ? ['push', '--quiet', reference, `docker-archive:${half}:${reference}`]
      : ['save', '--output', half, reference];
  runBuilder(builder, args, { timeoutMs: saveMs });
  renameSync(half, file);
}

/** Gives the images that it kept of single steps, where the builder names them. */
async function build(wanted: ImageWanted): Promise<readonly string[]> {
  const [program = '', ...args] = wanted.builder.command(buildArguments(wanted));
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: buildMs,
    // Docker before 23 has BuildKit, which `RUN --mount` wants, and does not use it unasked.
    env: { ...process.env, SOURCE_DATE_EPOCH: String(filesEpoch), DOCKER_BUILDKIT: '1' },
  });
  let said = '';
  const steps: string[] = [];
  const named = new Set<string>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
      steps.push(...[...text.matchAll(/^--> ([0-9a-f]{11,64})$/gm)].map(([, step = '']) => step));
      // The other steps are done before anybody has read of them.
      for (const [, step = ''] of text.matchAll(/RUN (?:--mount=\S+\s+)*(?:[A-Z_]+=\S+\s+)*([^-].{0,50})/g)) {
        if (!named.has(step)) wanted.say(`  ${step}...`);
        named.add(step);
      }
    });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`building ${wanted.reference} ended with ${code ?? signal}:\n${said}`);
  return steps;
}

/** What a later build would take up again; of one without a cache it only fills the disk. Others may stand on a step. */
function forget(builder: Builder, steps: readonly string[], image: string): void {
  for (const step of steps.toReversed().filter((id) => !image.startsWith(id))) {
    const [program = '', ...args] = builder.command(['rmi', step]);
    spawnSync(program, args, { stdio: 'ignore', timeout: saveMs });
  }
}

function buildArguments(wanted: ImageWanted): readonly string[] {
  const { builder, base, folder, dockerfile, target, reference, fresh = false } = wanted;
  const authorities = authoritiesFile(process.env);
  const given = { ...wanted.arguments, NODE_IMAGE: base.reference, NODE_DIGEST: base.digest ?? 'unknown' };
  return [
    'build',
    `--file=${dockerfile}`,
    `--tag=${reference}`,
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...Object.entries(given).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...(authorities === null ? [] : [`--secret=id=authorities,src=${authorities}`]),
    ...(fresh ? ['--no-cache'] : []),
    ...(builder.name === 'docker' ? [] : ['--layers', '--network=host', `--timestamp=${filesEpoch}`]),
    folder,
  ];
}

interface Facts {
  readonly id: string;
  readonly bytes: number;
}

function facts(builder: Builder, reference: string): Facts {
  if (builder.name === 'buildah') {
    const listed = JSON.parse(
      runBuilder(builder, ['images', '--json', '--no-trunc', reference]),
    ) as readonly {
      readonly id: string;
      readonly size: string;
    }[];
    return { id: (listed[0]?.id ?? '').replace(/^sha256:/, ''), bytes: bytesOf(listed[0]?.size ?? '') };
  }
  const format = '{{.Id}} {{.Size}}';
  const [id = '', bytes = ''] = runBuilder(builder, [
    'image',
    'inspect',
    `--format=${format}`,
    reference,
  ]).split(' ');
  return { id: id.replace(/^sha256:/, ''), bytes: Number(bytes) };
}

/** As buildah writes it: `253 MB`. */
function bytesOf(size: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+) ?([KMG]?)B$/.exec(size) ?? [];
  const factors: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 };
  return Number(number) * (factors[unit] ?? 1);
}
