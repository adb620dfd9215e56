/** `--fault NAME=SENTENCE`, judged as the sidecar would: a typing error must not show only once the disk is mounted. */
import { limits } from '../../faults/limits.js';
import { parse } from '../../faults/parse.js';
import { faultNameRule, isFaultName } from '../../sidecar/plan/fault-name.js';
import { badSentence, type InputProblem } from '../bad-input.js';

export interface NamedSentence {
  readonly name: string;
  readonly sentence: string;
}

export interface ReadFaults {
  readonly faults: readonly NamedSentence[];
  readonly problems: readonly InputProblem[];
}

export function readFaultOptions(texts: readonly string[], volumes: readonly string[]): ReadFaults {
  const faults = texts.map(split);
  const problems = faults.flatMap((fault, index) => [
    ...problemsOfName(fault, faults.slice(0, index)),
    ...problemsOfSentence(fault, volumes),
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
  if (!isFaultName(name)) return [{ subject, message: `due is NAME=SENTENCE, where ${faultNameRule}` }];
  return earlier.some((other) => other.name === name) ? [{ subject, message: 'given twice' }] : [];
}

function problemsOfSentence(
  { name, sentence }: NamedSentence,
  volumes: readonly string[],
): readonly InputProblem[] {
  const subject = `--fault ${name}`;
  const parsed = parse(sentence);
  if (parsed.kind === 'problems') return [badSentence(subject, sentence, parsed.problems)];
  const { fault } = parsed;
  if (fault.plane !== 'disk')
    return [
      { subject, message: `${fault.plane} ${fault.effect.kind}: there is no ${fault.plane} plane here yet` },
    ];
  const { volume } = fault.match;
  if (volume === undefined || volumes.includes(volume)) return [];
  return [{ subject, message: `no --disk is called "${volume}"; there is ${volumes.join(', ') || 'none'}` }];
}
