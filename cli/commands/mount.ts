/** `havock8s mount`: container havock8s-mount of an injected pod. */
import { Command } from 'commander';
import { path, sidecar } from '../../core/pod-layout.js';
import { BadInput, type InputProblem } from '../bad-input.js';
import { append } from '../command-options.js';
import { checkFuse } from './local/check-fuse.js';
import { type RootFlag, rootOption } from './pod/root-option.js';
import { readVolumes, volumeSyntax } from './pod/volume-option.js';

interface MountFlags extends RootFlag {
  readonly volume?: readonly string[];
}

export function mountCommand(): Command {
  return new Command('mount')
    .summary('in a pod: mount the volumes that can misbehave')
    .description(
      `What the container ${sidecar.mount} of an injected pod runs; the webhook writes it there. Mounts volumes, and keeps what must outlive the container ${sidecar.faults}, which serves them.`,
    )
    .option(
      `--volume <${volumeSyntax}>`,
      `mount this volume at ${path.served}/NAME once it is asked for; may be repeated`,
      append,
    )
    .addOption(rootOption())
    .addHelpText('after', explanation)
    .action(async (flags: MountFlags) => {
      const problems: InputProblem[] = [];
      const volumes = readVolumes(flags.volume ?? [], problems);
      if (flags.volume === undefined)
        problems.push({ subject: 'mount', message: `expected a volume: --volume ${volumeSyntax}` });
      if (problems.length > 0) throw new BadInput(problems);
      checkFuse();
      const { becomeHolder } = await import('../../sidecar/supervise/pod/container-programs.js');
      becomeHolder(flags.root, volumes);
    });
}

const explanation = `
Examples:
  As the webhook writes it:
    havock8s mount --volume=data --volume=wal:ro

  Outside a pod, below a directory of one's own that holds served, run, backing and pod:
    havock8s mount --volume=data --root ./pod

It listens at ${path.holderSocket}, and mounts a volume, with the flags of the disk beneath it, when
${sidecar.faults} asks. It must be privileged, since only then Kubernetes lets others see its mounts, so it does
nothing else: no port, no file of anybody's. Killed and started again, it finds the mounts as they were, and is
handed everything again. SIGTERM unmounts every volume.

To see whether it listens, without touching a mount: test -S ${path.holderSocket}`;
