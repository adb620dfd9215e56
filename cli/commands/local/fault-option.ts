/** `--fault NAME=SENTENCE`, judged as the sidecar would: a typing error must not show only once the disk is mounted. */
import type { DiskFault, TcpFault } from '../../../faults/fault.js';
import { faultNameRule, isFaultName } from '../../../faults/fault-name.js';
import { limits } from '../../../faults/limits.js';
import { parse } from '../../../faults/parse.js';
import type { LocalDisk } from '../../../sidecar/supervise/local/local-options.js';
import { refusalOf } from '../../../sidecar/tcp/refusal.js';
import { badSentence, type InputProblem } from '../../bad-input.js';
import type { NetworkPlan } from './network-options.js';

export interface NamedSentence {
  readonly name: string;
  readonly sentence: string;
}

export interface ReadFaults {
  readonly faults: readonly NamedSentence[];
  readonly problems: readonly InputProblem[];
}

/** What there is to fault. */
export interface Faultable {
  readonly disks: readonly LocalDisk[];
  readonly network: NetworkPlan;
}

export function readFaultOptions(texts: readonly string[], faultable: Faultable): ReadFaults {
  const faults = texts.map(split);
  const problems = faults.flatMap((fault, index) => [
    ...problemsOfName(fault, faults.slice(0, index)),
    ...problemsOfSentence(fault, faultable),
  ]);
  if (texts.length > limits.faults) {
    problems.push({
      subject: '--fault',
      message: `${texts.length} faults, where at most ${limits.faults} can be armed`,
    });
  }
  return { faults, problems };
}

function split(text: string): NamedSentence {
  const [, name = text, sentence = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  return { name, sentence };
}

function problemsOfName({ name }: NamedSentence, earlier: readonly NamedSentence[]): readonly InputProblem[] {
  const subject = `--fault ${name}`;
  if (!isFaultName(name)) return [{ subject, message: `expected NAME=SENTENCE, where ${faultNameRule}` }];
  return earlier.some((other) => other.name === name) ? [{ subject, message: 'given twice' }] : [];
}

function problemsOfSentence(
  { name, sentence }: NamedSentence,
  { disks, network }: Faultable,
): readonly InputProblem[] {
  const subject = `--fault ${name}`;
  const parsed = parse(sentence);
  if (parsed.kind === 'problems') return [badSentence(subject, sentence, parsed.problems)];
  const refusal =
    parsed.fault.plane === 'disk' ? diskRefusal(parsed.fault, disks) : tcpRefusal(parsed.fault, network);
  return refusal === null ? [] : [{ subject, message: refusal }];
}

function diskRefusal({ effect, match: { volume } }: DiskFault, disks: readonly LocalDisk[]): string | null {
  if (disks.length === 0) return `disk ${effect.kind}: there is no --disk`;
  const volumes = disks.map((disk) => disk.volume);
  if (volume === undefined || volumes.includes(volume)) return null;
  return `no --disk is called "${volume}"; there is ${volumes.join(', ')}`;
}

function tcpRefusal(fault: TcpFault, network: NetworkPlan): string | null {
  const hasPort = network.forwards.length > 0 || network.interception !== null;
  if (!hasPort) return `tcp ${fault.effect.kind}: there is no --listen, --inbound or --outbound`;
  return refusalOf(fault, network);
}
