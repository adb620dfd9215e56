/** A first experiment as text, with a comment beside what people change: what `havock8s new` writes. */
import { stringify } from 'yaml';
import { apiVersion, kind } from './experiment.js';

export interface Draft {
  readonly name: string;
  /** With or without `for`. */
  readonly fault: string;
  /** A URL, or HOST:PORT. */
  readonly probe: string;
  /** Empty: it will be given behind `--`. */
  readonly command: readonly string[];
  /** Whose pods it is about, in a cluster; null: it is about a command of this machine. */
  readonly workload: { readonly kind: string; readonly name: string } | null;
}

export const draftText = (draft: Draft): string =>
  [head(draft), subject(draft), hypothesis(draft), steps(draft)].join('');

const head = ({
  name,
  command,
  workload,
}: Draft): string => `# ${name}: what it shows, in a sentence, for whoever reads the report.
# Check it:   havock8s validate -f ${name}.yaml
# Read it:    havock8s explain -f ${name}.yaml
${
  workload === null
    ? ''
    : `# Whom it hits: havock8s plan -f ${name}.yaml -n NAMESPACE
`
}# Run it:     havock8s run -f ${name}.yaml${workload !== null ? ' -n NAMESPACE' : command.length === 0 ? ' -- COMMAND' : ''}
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
spec:
  # For the reader: what is expected, and why.
  description: ''
`;

const subject = (draft: Draft): string => (draft.workload === null ? local(draft) : targets(draft.workload));

const targets = ({
  kind,
  name,
}: NonNullable<Draft['workload']>): string => `  # The pods that can have faults.
  targets:
    - name: db
      # Also: selector, pods, claim, node. ordinals: [0] for some of a StatefulSet.
      workload: { kind: ${flow(kind)}, name: ${flow(name)} }
      # The first of them. all, 2, 30%: more. To find the primary: role: { is: primary }
      mode: one
  # Refused are a lost quorum, a broken PodDisruptionBudget and more, each with its numbers. To switch one off: allow: [budget]
  safety:
    maxPods: 50%
`;

function local({ fault, probe, command }: Draft): string {
  const port = Number(/:(\d+)/.exec(probe.replace(/^https?:\/\//, ''))?.[1] ?? 5432);
  const disks = `    # Made for the run; the command finds it in HAVOCK8S_DISK_DATA. With backing and mount: directories of your own.
    disks:
      - name: data
`;
  const ports = `    # Clients connect to \`listen\`; connections go on to \`to\`.
    ports:
      - { listen: ${(port % 60_000) + 1000}, to: '127.0.0.1:${port}' }
`;
  return `  # The command under test, and what of it can have faults.
  local:
    ${command.length === 0 ? '# command: [postgres, -D, /mnt/pg]   # or behind -- on the command line' : `command: ${flow(command)}`}
${fault.trimStart().startsWith('tcp') ? ports : disks}    # never, or onFailure: the command is started again a second after it failed
    restart: never
`;
}

function hypothesis({ probe }: Draft): string {
  const isHttp = /^https?:/.test(probe);
  return `  # What must hold. It is measured before, while faults are on, and after.
  hypothesis:
    probes:
      - name: answers
        ${isHttp ? `http: { url: ${flow(probe)} }` : `tcp: { address: ${flow(probe)} }`}
        interval: 500ms
        # Silence for longer is a failure.
        timeout: 2s
        # To ask for more: condition: ${isHttp ? 'status == 200 && latency < 500' : 'latency < 100'}
        tolerance:
          # While faults are on so many failures are borne. 0: not one.
          during: { failures: 0 }
          after: { stableFor: 3s }
`;
}

const steps = ({
  fault,
}: Draft): string => `  # One after another. More verbs: kill, wait, probe, parallel, repeat, ramp.
  steps:
    - name: fault
      fault: ${flow(/\sfor\s/.test(fault) ? fault : `${fault} for 10s`)}
  # All must be well again so soon after the last fault.
  recoveryObjective: 30s
  timeLimit: 5m
`;

/** In one line, quoted where YAML needs it. */
const flow = (value: string | readonly string[]): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
