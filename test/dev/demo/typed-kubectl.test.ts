import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from '../../../dev/demo/typed-kubectl.js';

test('a command is shown as a shell takes it', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['get', 'pods', '--timeout=60s'], 'kubectl get pods --timeout=60s'],
    [
      ['annotate', 'pod', 'pg-0', 'fault.havock8s.io/slow=disk latency 2s on fsync'],
      "kubectl annotate pod pg-0 fault.havock8s.io/slow='disk latency 2s on fsync'",
    ],
    [['exec', 'pg-0', '--', 'sh', '-c', 'kill -KILL 7'], "kubectl exec pg-0 -- sh -c 'kill -KILL 7'"],
    [['annotate', "a=it's"], "kubectl annotate a='it'\\''s'"],
    [
      ['annotate', 'pod', 'pg-0', 'fault.havock8s.io/slow-'],
      'kubectl annotate pod pg-0 fault.havock8s.io/slow-',
    ],
  ];
  for (const [args, line] of cases) assert.equal(commandLine(args), line);
});
