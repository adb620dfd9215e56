/** Everything `havock8s local` was asked to do, checked before anything starts; every problem is told at once. */
import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { HostAndPort } from '../../../core/host-and-port.js';
import type { LocalDisk } from '../../../sidecar/supervise/local/local-options.js';
import { BadInput, type InputProblem } from '../../bad-input.js';
import { readSeed } from '../../seed-option.js';
import { type Account, readAccount } from './account.js';
import { checkDisks, isWithin } from './check-disks.js';
import { controlPort } from './control-port.js';
import { diskSyntax, readDiskOption } from './disk-option.js';
import { type NamedSentence, readFaultOptions } from './fault-option.js';
import { listenSyntax } from './listen-option.js';
import { type NetworkFlags, type NetworkPlan, readNetwork } from './network-options.js';
import { allows, pathState } from './path-state.js';

export interface LocalFlags extends NetworkFlags {
  readonly disk?: readonly string[];
  readonly annotations?: string;
  readonly fault?: readonly string[];
  readonly control?: string;
  readonly openControl?: boolean;
  readonly state?: string;
  readonly user?: string;
  readonly seed?: string;
}

export interface LocalPlan extends NetworkPlan {
  readonly disks: readonly LocalDisk[];
  readonly annotationsFile: string | null;
  readonly faults: readonly NamedSentence[];
  readonly control: HostAndPort;
  readonly openControl: boolean;
  readonly stateDir: string | null;
  readonly account: Account | null;
  readonly seed: number | null;
}

/** Throws `BadInput`. */
export async function readLocalPlan(flags: LocalFlags): Promise<LocalPlan> {
  const problems: InputProblem[] = [];
  if (isEmpty(flags)) problems.push({ subject: 'local', message: whatIsExpected });
  const disks = readDisks(flags.disk ?? [], problems);
  const network = await readNetwork(flags, problems);
  const { faults } = collect(readFaultOptions(flags.fault ?? [], { disks, network }), problems);
  const control = await controlPort(flags.control);
  if (control.kind === 'problem') problems.push(control.problem);
  const plan = {
    ...network,
    disks,
    faults,
    annotationsFile: readAnnotationsFile(flags.annotations, disks, problems),
    stateDir: readStateDir(flags.state, disks, problems),
    account: readUser(flags.user, problems),
    seed: readSeed(flags.seed, problems),
    openControl: flags.openControl ?? false,
  };
  if (problems.length > 0 || control.kind === 'problem') throw new BadInput(problems);
  return { ...plan, control: control.address };
}

const isEmpty = ({ disk, listen, inbound, outbound }: LocalFlags): boolean =>
  [disk, listen, inbound, outbound].every((option) => option === undefined);

const whatIsExpected = `expected something to fault: --disk ${diskSyntax}, --listen ${listenSyntax}, --inbound PORT,... or --outbound PORT,...`;

function collect<R extends { readonly problems: readonly InputProblem[] }>(
  read: R,
  problems: InputProblem[],
): R {
  problems.push(...read.problems);
  return read;
}

function readDisks(options: readonly string[], problems: InputProblem[]): readonly LocalDisk[] {
  const read = options.map(readDiskOption);
  problems.push(...read.flatMap((one) => (one.kind === 'problem' ? [one.problem] : [])));
  const given = read.flatMap((one) => (one.kind === 'disk' ? [one.disk] : []));
  const { disks } = collect(checkDisks(given), problems);
  return disks.length > 0 ? disks : given;
}

function readAnnotationsFile(
  option: string | undefined,
  disks: readonly LocalDisk[],
  problems: InputProblem[],
): string | null {
  if (option === undefined) return null;
  const file = resolve(option);
  const refuse = (message: string) => problems.push({ subject: `--annotations ${option}`, message });
  if (pathState(file) === 'directory') refuse('is a directory; expected a file');
  else if (pathState(dirname(file)) !== 'directory') refuse(`there is no directory ${dirname(file)}`);
  if (disks.some(({ mountpoint }) => isWithin(file, mountpoint)))
    refuse('must not be on a disk that is faulted');
  return file;
}

function readStateDir(
  option: string | undefined,
  disks: readonly LocalDisk[],
  problems: InputProblem[],
): string | null {
  if (option === undefined) return null;
  const directory = resolve(option);
  const refuse = (message: string) => problems.push({ subject: `--state ${option}`, message });
  const nearest = pathState(directory) === 'ENOENT' ? dirname(directory) : directory;
  if (pathState(nearest) !== 'directory') refuse(`${nearest} is not a directory`);
  else if (!allows(nearest, constants.W_OK | constants.X_OK))
    refuse(`uid ${process.getuid?.()} may not write in ${nearest}`);
  if (disks.some((disk) => [disk.backing, disk.mountpoint].some((path) => isWithin(directory, path)))) {
    refuse('must not be on a disk that is faulted');
  }
  return directory;
}

function readUser(option: string | undefined, problems: InputProblem[]): Account | null {
  if (option === undefined) return null;
  const read = readAccount(option);
  if (read.kind === 'problem') {
    problems.push(read.problem);
    return null;
  }
  const own = process.getuid?.();
  if (own === 0) return read.account;
  if (read.account.uid !== own) {
    problems.push({ subject: `--user ${option}`, message: 'only root can run COMMAND as somebody else' });
  }
  return null;
}
