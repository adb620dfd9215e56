/** The manifest by which Krew, the plugin manager of kubectl, installs the plugin; its rules are those of `krew.googlecontainertools.github.com/v1alpha2`. */
import { stringify } from 'yaml';
import { commandInArchive } from './plugin-archive.js';

export interface Release {
  /** As package.json has it, such as `0.1.0`. */
  readonly version: string;
  /** Where the archive can be fetched. */
  readonly uri: string;
  /** Of the archive, in hexadecimal. */
  readonly sha256: string;
}

export const pluginName = 'havock8s';

/** As YAML. */
export function pluginManifest({ version, uri, sha256 }: Release): string {
  return stringify(
    {
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: pluginName },
      spec: {
        version: `v${version}`,
        homepage: new URL('.', uri).href,
        shortDescription: 'Faults for databases that always end',
        description,
        caveats: 'Needs Node.js 20.19 or later, as `node` on the PATH.\n',
        platforms: [
          {
            selector: { matchExpressions: [{ key: 'os', operator: 'In', values: ['darwin', 'linux'] }] },
            uri,
            sha256,
            files: [{ from: '*', to: '.' }],
            bin: commandInArchive,
          },
        ],
      },
    },
    { lineWidth: 0 },
  );
}

const description = `Chaos engineering for stateful workloads: experiments on databases, with faults
on their disks and their network, lost nodes, safety, recovery and a verdict.

  kubectl havock8s arm POD 'disk latency 200ms on fsync for 1m'
  kubectl havock8s ls -A
  kubectl havock8s run -f experiment.yaml
  kubectl havock8s stop --all --reason 'real incident'

The cluster needs havock8s itself: its webhook puts the sidecars into pods, and
its controller carries out experiments.
`;
