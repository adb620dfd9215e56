/** `havock8s faults`: container havock8s-faults of an injected pod. */
import { Command } from 'commander';
import { controlPort, path, sidecar } from '../../core/pod-layout.js';
import { append, logLevelOption } from '../command-options.js';
import { type FaultsFlags, podSyntax, readFaultsPlan } from './pod/faults-plan.js';
import { rootOption } from './pod/root-option.js';
import { volumeSyntax } from './pod/volume-option.js';

export function faultsCommand(): Command {
  return new Command('faults')
    .summary('in a pod: serve its volumes and connections, and apply faults')
    .description(
      `What the container ${sidecar.faults} of an injected pod runs; the webhook writes it there. Serves the volumes that ${sidecar.mount} mounts, takes connections, and applies the faults that the pod is annotated with.`,
    )
    .option(`--volume <${volumeSyntax}>`, `serve what is at ${path.backing}/NAME; may be repeated`, append)
    .option('--inbound <port,...>', 'take connections that come in to these ports; needs NET_ADMIN')
    .option('--outbound <port,...>', 'take connections that go out to these ports of others, likewise')
    .option('--node <address,...>', 'the node: spared unless a sentence says node, as its gateways are')
    .addOption(logLevelOption())
    .option('--seed <n>', 'roll the same dice as with this N before; without it, by chance')
    .option('--open-control', `let faults be changed without the token in ${path.controlToken}`)
    .option(
      '--read-only-port <port>',
      'show metrics and the list of faults there, to everybody, for reading only; without it, nowhere',
    )
    .option(`--pod <${podSyntax.toLowerCase()}>`, 'whose sidecar this is, as the read-only port tells it')
    .addOption(rootOption())
    .addHelpText('after', explanation)
    .action(async (flags: FaultsFlags) => {
      const config = readFaultsPlan(flags);
      const { becomeSupervisor } = await import('../../sidecar/supervise/pod/container-programs.js');
      becomeSupervisor(config);
    });
}

const explanation = `
Examples:
  As the webhook writes it:
    havock8s faults --volume=data --volume=wal:ro --inbound=5432,8008 --outbound=5432 --node=10.0.0.7

  A pod without a disk:
    havock8s faults --inbound=8080

Faults come from the pod's annotations, in ${path.annotations}, and from the control endpoint,
127.0.0.1:${controlPort} (any free port where that is taken; the log says which). Everybody in the pod may read there;
to arm and disarm takes the token in ${path.controlToken}, which havock8s arm and disarm send when they run in
this container: kubectl exec POD -c ${sidecar.faults} -- havock8s arm NAME SENTENCE. ${path.serving} is there
while volumes and connections are served. A fault proxy that dies is replaced within a second, and nothing is lost; where
that takes longer than 2 s, connections go direct. SIGTERM switches every fault off and ends it.

It runs as root with these capabilities and no others: NET_ADMIN for connections; CHOWN, DAC_OVERRIDE, FOWNER, FSETID,
MKNOD, SETFCAP, SETGID and SETUID for volumes.`;
