/**
 * Public histories whose answers are known: `porcupine-histories.txt.gz` has test_data/ of Porcupine v1.3.1
 * (github.com/anishathalye/porcupine, MIT, Copyright (c) Anish Athalye), each behind a line with its name and the answer
 * that porcupine_test.go expects. jepsen/ are 102 runs of etcd by Jepsen, kv/ a map of keys.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Linearizability, Timed } from '../../../../experiment/ledger/linearizable/linearize.js';
import type { RegisterOperation } from '../../../../experiment/ledger/linearizable/register.js';

export interface PublicHistory {
  readonly name: string;
  readonly answer: Linearizability;
  readonly lines: readonly string[];
}

export function publicHistories(): readonly PublicHistory[] {
  const text = gunzipSync(
    readFileSync('test/experiment/ledger/linearizable/porcupine-histories.txt.gz'),
  ).toString();
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [heading = '', ...lines] = part.trimEnd().split('\n');
      const [name = '', answer] = heading.split(' ');
      return { name, answer: answer === 'Ok' ? 'Ok' : 'Illegal', lines };
    });
}

/** A line is its moment. A read without an answer says nothing; a write without one may have been done, or never be. */
export function registerHistory(lines: readonly string[]): readonly Timed<RegisterOperation>[] {
  return paired(lines, /- (\d+)\t:(\w+)\t:(\w+)\t(.*)$/).flatMap(({ call, answer, calledMs, returnedMs }) => {
    const operation = registerOperation(call, answer);
    return operation === null ? [] : [{ operation, calledMs, returnedMs }];
  });
}

function registerOperation(call: Said, answer: Said | null): RegisterOperation | null {
  if (call.verb === 'read') {
    if (answer?.outcome !== 'ok') return null;
    return { kind: 'read', value: answer.rest === 'nil' ? null : answer.rest };
  }
  if (call.verb === 'write') return { kind: 'write', value: call.rest };
  const [, expected = '', value = ''] = /\[(\d+) (\d+)\]/.exec(call.rest) ?? [];
  return { kind: 'compare-and-set', expected, value, swapped: answer && answer.outcome === 'ok' };
}

export type MapOperation =
  | { readonly kind: 'get'; readonly value: string }
  | { readonly kind: 'put' | 'append'; readonly value: string };

/** By key. */
export function mapHistories(lines: readonly string[]): ReadonlyMap<string, readonly Timed<MapOperation>[]> {
  const byKey = new Map<string, Timed<MapOperation>[]>();
  const pattern = /:process (\d+), :type :(\w+), :f :(\w+), :key (.*)\}$/;
  for (const { call, answer, calledMs, returnedMs } of paired(lines, pattern)) {
    const [, key = '', given = ''] = keyAndValue.exec(call.rest) ?? [];
    const [, , answered = ''] = keyAndValue.exec(answer?.rest ?? '') ?? [];
    const operation: MapOperation =
      call.verb === 'get'
        ? { kind: 'get', value: answered }
        : { kind: call.verb === 'put' ? 'put' : 'append', value: given };
    byKey.set(key, [...(byKey.get(key) ?? []), { operation, calledMs, returnedMs }]);
  }
  return byKey;
}

const keyAndValue = /^"(.*)", :value (?:nil|"(.*)")$/;

interface Said {
  readonly outcome: string;
  readonly verb: string;
  readonly rest: string;
}

interface Pair {
  readonly call: Said;
  readonly answer: Said | null;
  readonly calledMs: number;
  readonly returnedMs: number;
}

/** Of `pattern`: the process, the outcome, the verb and the rest. */
function paired(lines: readonly string[], pattern: RegExp): readonly Pair[] {
  const pairs: Pair[] = [];
  const open = new Map<string, { readonly call: Said; readonly calledMs: number }>();
  for (const [atMs, line] of lines.entries()) {
    const [, process = '', outcome = '', verb = '', rest = ''] = pattern.exec(line) ?? [];
    const said = { outcome, verb, rest };
    const call = open.get(process);
    if (outcome === 'invoke') open.set(process, { call: said, calledMs: atMs });
    else if (call !== undefined && (outcome === 'ok' || outcome === 'fail' || call.call.verb === 'read')) {
      pairs.push({ ...call, answer: said, returnedMs: atMs });
      open.delete(process);
    }
  }
  for (const call of open.values())
    pairs.push({ ...call, answer: null, returnedMs: Number.POSITIVE_INFINITY });
  return pairs;
}
