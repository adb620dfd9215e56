/** The import rules of ARCHITECTURE.md, as a check. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', 'Rooms that need each other are one room.', {}, { circular: true }),
    rule(
      'faults-are-pure',
      'faults/ is the contract between the planes: no I/O, no clock, no package, nothing of ours.',
      { path: '^faults/' },
      { pathNot: '^faults/' },
    ),
    rule(
      'pod-is-pure',
      'pod/ is the contract between webhook, sidecar and command line: names and paths.',
      { path: '^pod/' },
      { pathNot: '^pod/' },
    ),
    rule(
      'webhook-without-sidecar',
      'The webhook writes a patch; the sidecar runs. They meet in faults/ and pod/ alone.',
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
      'The planes do not know each other.',
      { path: '^sidecar/disk/' },
      { path: '^sidecar/tcp/' },
    ),
    rule(
      'tcp-without-disk',
      'The planes do not know each other.',
      { path: '^sidecar/tcp/' },
      { path: '^sidecar/disk/' },
    ),
    rule(
      'holder-is-small',
      'The holder must not die: it knows the kernel and nothing of faults, planes or packages.',
      { path: '^sidecar/mount/' },
      { path: '^(faults|sidecar/(disk|tcp|control|plan)|cli)/' },
    ),
    rule(
      'wire-is-bytes',
      'wire/ turns bytes into fields and back: no system call, no meaning.',
      { path: '^sidecar/disk/wire/' },
      { pathNot: '^sidecar/disk/wire/' },
    ),
    rule(
      'product-without-tests',
      'What ships does not import tests, benches or the demo.',
      { path: '^(faults|pod|time|kube|webhook|sidecar|experiment|cli|certs)/' },
      { path: '^(test|bench|demo|setup)/' },
    ),
    rule(
      'demo-without-tests',
      'The demo is for everybody; only the one on a cluster brings one up, which is what test/cluster and test/scenes do.',
      { path: '^demo/', pathNot: '^demo/cluster/' },
      { path: '^test/' },
    ),
    rule(
      'demo-without-its-theatres',
      'A demo knows injectors, addresses and timelines; who plays it, here or on a cluster, knows the demo.',
      { path: '^demo/[^/]+\\.ts$|^demo/(chart|replica)/', pathNot: '^demo/main\\.ts$' },
      { path: '^demo/(local|cluster)/' },
    ),
    rule('sidecar-below-cli', 'The command line is on top.', { path: '^sidecar/' }, { path: '^cli/' }),
    rule(
      'no-kubernetes-client-in-the-sidecar',
      'It costs 76 MB of memory, and the sidecar has no credentials.',
      { path: '^(sidecar|faults|pod)/' },
      { path: '^(kube/|node_modules/@kubernetes/)' },
    ),
    rule(
      'kubernetes-client-only-where-it-runs',
      'See no-kubernetes-client-in-the-sidecar: every command has the whole tree of commands loaded.',
      { path: '^cli/', pathNot: '^cli/webhook/run-webhook\\.ts$' },
      { path: '^(kube|certs)/|node_modules/@kubernetes/' },
    ),
    rule(
      'webhook-runs-when-asked',
      'See kubernetes-client-only-where-it-runs: the rest is loaded by the action.',
      { path: '^cli/' },
      { path: '^cli/webhook/run-webhook\\.ts$', dynamic: false },
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
    exclude: { path: '^dist/' },
  },
};
