/**
 * What each field of an experiment is for, as `kubectl explain` shows it. Bounds, choices and defaults are the schema's, and
 * are added to the text. A field is found by the longest end of its path that stands here: `http.url` before `url`.
 */

/** Undefined: nobody wrote of it. */
export const documentation = (path: readonly string[]): string | undefined => texts.get(keyOf(path) ?? '');

/** Under which name its text stands here. A step in a group is a step. */
export function keyOf(path: readonly string[]): string | undefined {
  const last = path.length - 1;
  const places = path.map((field, index) => (field === 'parallel' && index < last ? 'steps' : field));
  return places.map((_, index) => places.slice(index).join('.')).find((end) => texts.has(end));
}

const asStep = 'Written as the items of spec.steps; see there.';

const ofExperiment = {
  spec: 'What is tried. It does not change once the run is created, but for `stop` and `paused`: to try something else, create another one.',
  description: 'For people: what is expected, and why. Reports show it.',
  local:
    'Of `havock8s run` on one machine: a command, its disks and its ports. A run in a cluster names `targets` instead.',
  dryRun:
    'Only say what would happen: which pods, which faults, and what `safety` says of it. Nothing is touched.',
  paused:
    'No step begins while this is true. Faults that are on end at their time, and `timeLimit` goes on. May be changed at any time.',
  stop: 'Ends the run: whatever is on is switched off, and the verdict is Aborted. May be set at any time. Nothing goes on when it is taken away.',
  'stop.reason': 'Why, for whoever reads the status and the report.',
  recoveryObjective:
    'How soon all must be well again after the last fault. What takes longer is Failed, whatever the probes tolerate.',
  timeLimit: 'Of all steps together, with the time before them. A run that takes longer is Aborted.',
  finally: 'Steps at the very end, however the run went. They switch nothing on: `wait` and `probe`.',
  'finally.timeLimit': 'Of these steps together.',
};

const ofTargets = {
  targets:
    'Which pods the run is about. Each target finds pods of its namespace in one way: workload, selector, pods, claim or node. They are looked up once, when the run begins. Pods and namespaces with the label havock8s.io/protected=true are never among them.',
  'targets.name': 'By which steps name it.',
  'targets.workload': 'Pods of what owns them, directly or not: a StatefulSet, or an object of an operator.',
  'workload.kind': 'Such as StatefulSet, Deployment or Cluster.',
  'workload.name': 'Such as `postgres`.',
  selector: 'Pods by their labels.',
  matchLabels: 'Labels that a pod must have, with these values.',
  matchExpressions: 'What else must be so of its labels, all of it.',
  'matchExpressions.key': 'The label.',
  'matchExpressions.operator': 'How the label and `values` belong together.',
  'matchExpressions.values': 'Of In and NotIn.',
  'targets.pods': 'Pods by their names.',
  claim: 'Pods that use this PersistentVolumeClaim.',
  'targets.node': 'Pods on this node.',
  ordinals: 'Of a workload whose pods are numbered, these alone, such as 0 of postgres-0.',
  exclude: 'Pods that are left out, by name or label.',
  'exclude.pods': 'Names of pods.',
  mode: 'How many of those that are found: one, all, a number such as 2, or a share such as 30%.',
  'targets.container': 'Of each pod, this container. Without it, the one that is injected.',
  role: 'Of those that are found, the ones with this role in the database, as it is when the run begins.',
  'role.is': 'Which role. Leader is another word for primary; any asks for the roles and takes all pods.',
  'role.by':
    'How the roles are learnt: auto tries a label that is known to follow the role, then the object of an operator, then the database.',
  'role.follow': 'Whether faults go with the role, from pod to pod, through failovers.',
  'role.preset': 'Who sets the label of the role, where the pods do not show it.',
  'role.label': 'A label of your own that follows the role.',
  'role.label.key': 'Such as cnpg.io/instanceRole.',
  'role.label.primary': 'Its value on the primary.',
  'role.label.replica': 'Its value on replicas. Without it, all that are not the primary.',
  'role.database': 'How each pod is asked, at its own address.',
  'role.database.kind': 'What it speaks.',
  'role.database.port': 'Where it listens. Usually the port of its kind.',
  'role.database.user': 'The account that asks.',
  'role.database.database': 'A database that the account may connect to, of PostgreSQL.',
  passwordSecret: 'Where its password is.',
  'passwordSecret.name':
    'The Secret, of the namespace of the run. The controller must be allowed to read it.',
  'passwordSecret.key': 'The key of the Secret.',
  caSecret: 'The authority of its certificate, as PEM.',
  'caSecret.name': 'The Secret, of the namespace of the run.',
  'caSecret.key': 'The key of the Secret.',
  emptyTargets: 'What to do where no pod is found: fail at once, or wait until there is one.',
};

const ofSecrets = {
  secret: 'A key of a Secret of the namespace of the run, which the controller must be allowed to read.',
  'secret.name': 'The Secret.',
  'secret.key': 'The key of the Secret.',
};

const ofSafety = {
  safety:
    'What the run must not do. Before the first fault, a run that would is refused, with the numbers and the names.',
  allow:
    'Checks that are left out, by name: quorum (a majority of a StatefulSet stays), budget (PodDisruptionBudgets hold), share (maxPods and maxNodes), overlap (no pod of another run), ours (nodes of the webhook and the controller).',
  maxPods:
    'Most pods that the run may hit: a number, or a share of those that its targets find, such as 50%.',
  maxNodes: 'Most nodes whose pods the run may hit by steps of `node`.',
  minimumHealthy:
    'Pods of each target that must stay ready all the while: a number, or a share such as 50%. With fewer the run is Aborted.',
  allowedWindows: 'When a run may begin. Empty: at any time.',
  days: 'Days of the week. Usually all.',
  from: 'Where the window begins, such as 09:30.',
  to: 'Where the window ends, such as 17:00.',
  timeZone: 'Whose days and times these are, such as Europe/Berlin.',
};

const ofHypothesis = {
  hypothesis: 'What must hold before, while and after there are faults.',
  'hypothesis.probes': 'What is measured, again and again, all the while.',
  'hypothesis.settle':
    'Longest wait for all probes to hold before the first fault. If they do not, nothing is started and the run is Inconclusive.',
  'probes.name': 'Unique in the run. Conditions and reports name it.',
  interval: 'From the begin of one measurement to the begin of the next.',
  timeout: 'A measurement that takes longer has failed. Usually 5s.',
  abort: 'End the run at once where more fails than is tolerated, or nothing can be measured.',
  condition:
    'In CEL (cel.dev): when a measurement is a success, such as `status == 200 && latency < 50`; latency is in milliseconds. The names that it may use depend on the kind of the probe.',
  tolerance: 'How many failures each phase bears.',
  before: 'Until the first fault. Usually 3 successes one after another.',
  during: 'While steps are carried out. Usually not one failure.',
  after: 'From the last fault until all is well again. Usually successes for 3s.',
  failures: 'So many failed measurements are tolerated in all.',
  consecutive: 'So many failed measurements one after another are tolerated.',
  successes: 'The probe holds after so many successes one after another.',
  stableFor: 'The probe holds once its successes have gone on for so long.',
  assumptions: 'What must have been seen for the run to say anything. With less it is Inconclusive.',
  minimumMeasurements: 'Of each probe while faults are on.',
  minimumHits: 'Operations that each fault hit.',
  minimumOperationsPerSecond: 'Writes of the ledger that were acknowledged while faults were on.',
  recovery: 'What else belongs to being well again.',
  replication:
    'A probe that succeeds when whoever follows the database has caught up. It is asked twice a second after the last fault.',
};

const ofProbes = {
  tcp: 'Succeeds when a connection is accepted. Its condition may use `latency`.',
  'tcp.address': 'HOST:PORT, such as postgres-rw:5432.',
  http: 'Succeeds when the status is 200 to 399. Its condition may use `status`, `body`, `json`, `headers` and `latency`.',
  'http.url': 'Such as http://web:8080/health.',
  method: 'Of the request.',
  headers: 'Of the request.',
  body: 'Of the request, as text.',
  bearerTokenFrom: 'A token that is sent as `Authorization: Bearer`.',
  basic: 'User and password, sent as `Authorization: Basic`.',
  username: 'Of the user.',
  tls: 'How the server is known.',
  ca: 'The path of a PEM file with the authorities that the server may be under.',
  insecureSkipVerify: 'Take any certificate of the server.',
  passwordFrom: 'Where the password is. It is never written here.',
  env: 'The name of a variable of the environment of whoever measures.',
  file: 'The path of a file, of whoever measures.',
  exec: 'Succeeds when the program ends with exit code 0. Only on one machine: a cluster runs no program.',
  'exec.command': 'A program and its arguments, without a shell.',
  postgres:
    'Succeeds when PostgreSQL answers the query. Its condition may use `value`, `rows` and `latency`.',
  mysql:
    'Succeeds when MySQL or MariaDB answers the query. Its condition may use `value`, `rows` and `latency`.',
  redis: 'Succeeds when Redis or Valkey answers the command. Its condition may use `value` and `latency`.',
  etcd: 'Succeeds when a read goes through the quorum of etcd. Its condition may use `value`, `revision` and `latency`.',
  prometheus:
    'Succeeds when the query gives one number above 0. Its condition may use `value` and `latency`.',
  alertmanager: 'Succeeds when no alert fires. Its condition may use `firing`, `names` and `latency`.',
  'probes.ledger':
    'Succeeds when a write of the ledger of this run was acknowledged within the last second, and no read was wrong.',
  'probe.ledger':
    'Succeeds when a write of the ledger of this run was acknowledged within the last second, and no read was wrong.',
  'replication.ledger': 'Not of replication: a ledger does not know who follows the database.',
  'postgres.url': 'Such as postgres://app@postgres-rw:5432/app. Without a password.',
  'mysql.url': 'Such as mysql://app@mariadb:3306/app. Without a password.',
  'redis.url': 'Such as redis://redis:6379. Without a password.',
  'etcd.url': 'Such as http://etcd:2379.',
  'prometheus.url': 'Such as http://prometheus.monitoring:9090.',
  'alertmanager.url': 'Such as http://alertmanager.monitoring:9093.',
  query: 'What is asked.',
  'prometheus.query': 'In PromQL. It gives one number.',
  'redis.command': 'A command and its arguments. Usually PING.',
  key: 'The key that is read.',
  filter: 'Matchers that an alert must have, such as severity="critical". Usually none: any alert.',
};

const ofLedger = {
  'spec.ledger':
    'Writes numbered entries all the while, and in the end reads them back: what was acknowledged and is lost makes the data Lost, and the run Failed. Names exactly one database, or a ledger beside the application.',
  'ledger.postgres': 'PostgreSQL.',
  'ledger.mysql': 'MySQL or MariaDB.',
  'ledger.redis': 'Redis or Valkey.',
  'ledger.etcd': 'etcd.',
  'ledger.statefulSet':
    'A ledger beside the application, which knows its database and has the password: its first pod keeps the ledger, also while the controller is away.',
  'statefulSet.name':
    'Its name, in the namespace of the run. Its pods have the label havock8s.io/ledger: "true".',
  writers: 'Clients that write.',
  readers: 'Clients that read, and would see what is wrong.',
  readBackFrom: 'Whom the data is read back from, such as each replica. Usually the database itself.',
  operationTimeout: 'A write or a read that takes longer is of unknown outcome.',
  crashBeforeReadBack: 'Kill the command once more before its data is read back. Only on one machine.',
};

const ofSteps = {
  steps:
    'What is done, one after another. Each step has exactly one verb: fault, kill, delete, restart, scale, node, wait, probe, ramp, parallel or repeat.',
  'repeat.steps': asStep,
  'steps.name': 'Unique in its list. Usually its verb and its place, such as fault-2.',
  'steps.target': 'The name of the target whose pods it is done to. Needed where there are several targets.',
  'steps.after': 'Names of steps before it in its list, which must have ended. Usually the one before it.',
  'steps.timeLimit': 'A step that takes longer has failed.',
  'steps.fault':
    'A sentence in the language of faults, with the time that it lasts, such as `disk latency 200ms on fsync for 30s`.',
  'steps.kill': 'Sends a signal to a process. Only on one machine.',
  process: 'Which process.',
  signal: 'Which signal, as kill(1) names it.',
  'steps.delete': 'Deletes the pods, as kubectl does.',
  gracePeriod: 'How long a pod has to end. Usually what the pod says.',
  'steps.restart': 'Has a container end, so that the kubelet starts it again. No program is run in it.',
  'restart.container': 'Which one. Usually that of the target.',
  'steps.scale': 'Sets the replicas of the workload, and puts them back after `for`.',
  replicas: 'How many there are meanwhile.',
  'scale.for': 'How long.',
  'steps.node': 'Takes the nodes of the pods away from them, for a time.',
  action:
    'cordon (nothing new is scheduled there), drain (evicts, within budgets), taint (NoExecute), isolate (the control plane loses the node, its containers run on), cut (the pods of the node lose the network).',
  'node.for': 'How long.',
  expect:
    'What must become of the pods: they move to another node, wait for theirs to come back, or stay where they are.',
  freeze: 'Of cut: their disks hang as well.',
  wait: 'Waits for a time, or until something is so.',
  'wait.for': 'How long.',
  until:
    'A condition in CEL, such as `faults.slow.injected > 10` or `probes.page.successful`. It may use probes, faults and elapsed.',
  'steps.probe':
    'Measures once, again and again until it succeeds, within the time limit of the step. Names exactly one kind.',
  ramp: 'The same fault with one value after another.',
  'ramp.fault': 'A sentence with {value} in it, such as `disk latency {value} on fsync for 10s`.',
  values: 'What is put in place of {value}, each in its turn, such as 50ms.',
  parallel: `Steps that begin together. ${asStep}`,
  repeat: 'Steps that are done so many times, one turn after another.',
  times: 'How many turns.',
};

export const texts: ReadonlyMap<string, string> = new Map(
  [ofExperiment, ofTargets, ofSecrets, ofSafety, ofHypothesis, ofProbes, ofLedger, ofSteps].flatMap((part) =>
    Object.entries(part),
  ),
);
