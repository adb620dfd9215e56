/** A cluster that somebody else brought up (kind, k3d, minikube, a real one), and how images get onto its nodes. */
import { ExecaError, execa } from 'execa';
import { programPath } from './binaries.js';
import { buildBinaries } from './build-binaries.js';
import { clusterImages } from './images/cluster-images.js';

/** A shell command that gets the path of an archive as `$1`; for clusters that are none of the known. */
export const loaderVariable = 'HAVOCK8S_IMAGE_LOADER';

const loadMs = 600_000;
const askMs = 30_000;

/** The images of this checkout, and of the databases, onto the nodes of the kubeconfig's current context. */
export async function loadImages(kubeconfig: string, say: (line: string) => void): Promise<void> {
  await buildBinaries(new Set(['kubectl']), say);
  const command = [`--kubeconfig=${kubeconfig}`, 'config', 'current-context'];
  const { stdout: context } = await execa(programPath('kubectl'), command, { timeout: askMs });
  const loader = imageLoader(context, process.env);
  if (loader === null)
    throw new Error(
      `how do the nodes of ${context} get images? Set ${loaderVariable} to a shell command that is given an archive as $1`,
    );
  const { lasting, havock8s } = await clusterImages(say);
  for (const archive of [...lasting, havock8s]) {
    say(`${loader.text}: ${archive}`);
    await loader.load(archive);
  }
}

export interface ImageLoader {
  /** As a person would write it. */
  readonly text: string;
  load(archive: string): Promise<void>;
}

/** By the name of the kubeconfig's context; null where nodes have to pull images themselves. */
export function imageLoader(context: string, environment: NodeJS.ProcessEnv): ImageLoader | null {
  const [, tool = '', cluster = ''] = /^(kind|k3d|minikube)(?:-(.+))?$/.exec(context) ?? [];
  const own = environment[loaderVariable];
  if (own !== undefined) return loaderOf(own, (archive) => ['sh', '-c', own, 'sh', archive]);
  switch (tool) {
    case 'kind':
      return loaderOf('kind load image-archive', (archive) => [
        'kind',
        'load',
        'image-archive',
        archive,
        `--name=${cluster}`,
      ]);
    case 'k3d':
      return loaderOf('k3d image import', (archive) => [
        'k3d',
        'image',
        'import',
        archive,
        '--cluster',
        cluster,
      ]);
    case 'minikube':
      return loaderOf('minikube image load', (archive) => ['minikube', 'image', 'load', archive]);
    default:
      return null;
  }
}

function loaderOf(text: string, command: (archive: string) => readonly string[]): ImageLoader {
  return {
    text,
    load: async (archive) => {
      const [program = '', ...args] = command(archive);
      await execa(program, args, { timeout: loadMs }).catch((error: unknown) => {
        const said = error instanceof ExecaError ? (error.stderr ?? error.originalMessage) : String(error);
        throw new Error(`${text} does not take ${archive}: ${said}`);
      });
    },
  };
}
