/** The import rules of ARCHITECTURE.md, as a check. */
const { include: productFolders } = require('./tsconfig.product.json');

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', 'Folders that need each other are one folder.', {}, { circular: true }),
    rule(
      'faults-are-pure',
      'faults/ is the contract between disk and TCP: no I/O, no clock, no package, of ours only core/.',
      { path: '^faults/' },
      { pathNot: '^(faults|core)/' },
    ),
    rule(
      'core-is-below',
      'core/ is what everything may import: it imports nothing of ours.',
      { path: '^core/' },
      { path: '^(faults|kube|certs|webhook|sidecar|experiment|cli|dev|test)/' },
    ),
    rule(
      'webhook-without-sidecar',
      'The webhook writes a patch; the sidecar runs. They meet in faults/ and core/ alone.',
      { path: '^webhook/' },
      { path: '^sidecar/' },
    ),
    rule(
      'sidecar-without-webhook',
      'See webhook-without-sidecar.',
      { path: '^sidecar/' },
      { path: '^webhook/' },
    ),
    rule(
      'disk-without-tcp',
      'The disk server and the TCP proxy do not know each other.',
      { path: '^sidecar/disk/' },
      { path: '^sidecar/tcp/' },
    ),
    rule(
      'tcp-without-disk',
      'The disk server and the TCP proxy do not know each other.',
      { path: '^sidecar/tcp/' },
      { path: '^sidecar/disk/' },
    ),
    rule(
      'holder-is-small',
      'The holder must not die: it knows the kernel and nothing of faults, servers or packages.',
      { path: '^sidecar/mount/' },
      { path: '^(faults|sidecar/(disk|tcp|control|registry)|cli)/' },
    ),
    rule(
      'wire-is-bytes',
      'wire/ turns bytes into fields and back: no system call, no meaning.',
      { path: '^sidecar/disk/wire/' },
      { pathNot: '^sidecar/disk/wire/' },
    ),
    rule(
      'product-without-tests',
      'What ships does not import tests, nor what contributors run.',
      { path: `^(${productFolders.join('|')})/` },
      { path: '^(test|dev)/' },
    ),
    rule(
      'tests-without-tools',
      'Tests are of the product. Those of a tool, and those on a whole cluster, may import it.',
      { path: '^test/', pathNot: '^test/(dev|e2e)/' },
      { path: '^dev/' },
    ),
    rule(
      'product-below-cli',
      'The command line is on top.',
      { path: '^(core|faults|kube|certs|webhook|sidecar|experiment)/' },
      { path: '^cli/' },
    ),
    rule(
      'experiments-on-top-of-what-they-arrange',
      'A sidecar, a webhook and the language know nothing of experiments.',
      { path: '^(core|faults|kube|certs|sidecar)/' },
      { path: '^experiment/' },
    ),
    rule(
      'webhook-reads-experiments-as-the-controller-does',
      'It refuses what is no experiment when it is created: by the reader of the file, which is pure, and by nothing else of it.',
      { path: '^webhook/' },
      { path: '^experiment/', pathNot: '^experiment/(file|crd)/' },
    ),
    rule(
      'experiment-reaches-a-sidecar-through-a-world',
      'The file, the engine, probes, ledger and report are the same in every world.',
      { path: '^experiment/', pathNot: '^experiment/worlds/' },
      { path: '^(sidecar|webhook|kube|certs|experiment/worlds)/' },
    ),
    rule(
      'experiment-engine-is-pure',
      'What is to be done next follows from the file, the journal, what is observed and the time: no I/O, no clock.',
      { path: '^experiment/(file|engine|crd|schedule)/' },
      {
        pathNot:
          '^(core|faults|experiment/(file|engine|journal|crd|schedule))/|^experiment/ledger/(result|databases/database)\\.ts$|^experiment/verdict\\.ts$|^node_modules/(zod|yaml|@marcbachmann/cel-js|croner)/',
      },
    ),
    rule(
      'ledger-stands-alone',
      'It says what a database lost, whatever was done to it and by whom.',
      { path: '^experiment/ledger/' },
      { path: '^(faults|kube|certs|webhook|sidecar|cli)/|^experiment/(?!ledger/|(latency|verdict)\\.ts$)' },
    ),
    rule(
      'database-drivers-when-asked',
      'Only who asks such a database, or keeps a ledger of it, pays for its driver.',
      { path: `^(${productFolders.join('|')})/` },
      { path: '^node_modules/(pg|mysql2|@redis|bson)/', dynamic: false, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'ledger-runs-when-asked',
      'See kubernetes-client-only-where-it-runs: the rest is loaded by the action.',
      { path: '^cli/' },
      {
        path: '^experiment/ledger/',
        pathNot: '^experiment/ledger/(limits|databases/database)\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'experiment-report-is-pure',
      'A report follows from the journal: no I/O, no clock, nothing of the file.',
      { path: '^experiment/report/' },
      {
        pathNot:
          '^(core|faults|experiment/(report|journal))/|^experiment/engine/(run|after-event|probe-tally|hypothesis)\\.ts$|^experiment/ledger/(result|classify)\\.ts$|^experiment/(latency|verdict)\\.ts$',
      },
    ),
    rule(
      'no-kubernetes-client-in-the-sidecar',
      'It costs 76 MB of memory, and the sidecar has no credentials.',
      { path: '^(sidecar|faults|core)/' },
      { path: '^(kube/|node_modules/@kubernetes/)' },
    ),
    rule(
      'kubernetes-client-only-where-it-runs',
      'See no-kubernetes-client-in-the-sidecar: every command has the whole tree of commands loaded.',
      { path: '^cli/' },
      {
        path: '^kube/connect\\.ts$|node_modules/@kubernetes/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'webhook-runs-when-asked',
      'See kubernetes-client-only-where-it-runs: the rest is loaded by the action.',
      { path: '^cli/' },
      { path: '^webhook/main\\.ts$', dynamic: false },
    ),
    rule(
      'controller-runs-when-asked',
      'See kubernetes-client-only-where-it-runs: the rest is loaded by the action.',
      { path: '^cli/' },
      { path: '^controller/', dynamic: false, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'controller-is-on-top-of-experiments',
      'Whoever carries experiments on knows them; they do not know it.',
      { path: '^(core|faults|kube|certs|webhook|sidecar|experiment)/' },
      { path: '^controller/' },
    ),
    rule(
      'no-orphans',
      'A file nobody imports is dead.',
      { orphan: true, pathNot: ['^\\.dependency-cruiser', '^test/'] },
      {},
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist)/' },
  },
};
