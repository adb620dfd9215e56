/** `npm run image`: builds the image of this checkout, with or without Docker, with or without a registry. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { exitCode } from '../../cli/exit-code.js';
import { type BaseWanted, baseImage, isBaseWanted, nodeImage } from './base-image.js';
import { saveImage } from './build-image.js';
import { type BuilderName, builderNames, chooseBuilder } from './builder.js';
import { boundBytes, buildHavock8sImage, havock8sReference, megabytes } from './havock8s-image.js';

interface Options {
  readonly builder?: BuilderName;
  readonly base?: BaseWanted;
  readonly renewBase: boolean;
  readonly tag: string;
  readonly archive?: string;
  readonly cache: boolean;
}

const startedMs = performance.now();

const program = new Command('npm run image --')
  .description(
    "Builds the image of this checkout from its Dockerfile: by a Docker engine, or by buildah or podman where there is none;\non Node's own image, or on a Debian made here where no registry is reached.",
  )
  .addOption(new Option('--builder <NAME>', 'instead of the first that answers').choices(builderNames))
  .addOption(
    new Option(
      '--base <BASE>',
      `registry: ${nodeImage} or none; debootstrap: one that is made here; or an image, by its reference`,
    ).argParser(readBase),
  )
  .option('--tag <REFERENCE>', 'what it is called', havock8sReference())
  .option(
    '--archive <FILE>',
    'write it there too, for `kind load image-archive`, `ctr images import` and the like',
  )
  .option('--renew-base', 'recreate the base that debootstrap made, with what Debian mended since', false)
  .option('--no-cache', 'use nothing of an earlier build')
  .action(async ({ builder: wanted, base, renewBase, tag, archive, cache }: Options) => {
    const builder = chooseBuilder(wanted);
    say(`${builder.name} builds ${tag}`);
    const image = await buildHavock8sImage({
      builder,
      base: await baseImage(builder, { renew: renewBase, say, ...(base !== undefined && { wanted: base }) }),
      reference: tag,
      fresh: !cache,
      say,
    });
    say(`${image.reference}  sha256:${image.id}`);
    const above = megabytes(image.bytes - image.baseBytes);
    say(`${megabytes(image.bytes)} unpacked, ${above} above its base (at most ${megabytes(boundBytes)})`);
    if (archive === undefined) return;
    saveImage(builder, tag, archive);
    say(`written to ${archive}`);
  });

function readBase(text: string): BaseWanted {
  if (isBaseWanted(text)) return text;
  throw new InvalidArgumentError(
    'Give registry, debootstrap, or an image with its registry or tag, as in node:26-bookworm-slim.',
  );
}

function say(line: string): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stderr.write(`${seconds.padStart(6)} s  ${line}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCode.failed;
}
