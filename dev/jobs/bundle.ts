/** A program of the product as one file, with what it loads later in files beside it, by esbuild. */
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { type BuildResult, build, type Plugin } from 'esbuild';

export interface BundleOptions {
  readonly outDir: string;
  /** Whether a package stays out of the file: `path` as it is imported, by the file `importer`. */
  readonly isApart: (path: string, importer: string) => boolean;
  /** What stands in for a package: its name, and the path of a source. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** `program`: the path of its source, without its ending. Nothing is written yet. */
export function bundle(
  program: string,
  { outDir, isApart, alias = {} }: BundleOptions,
): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    entryPoints: [{ in: `${program}.ts`, out: program }],
    outdir: outDir,
    chunkNames: `${program}-[hash]`,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    charset: 'utf8',
    write: false,
    metafile: true,
    alias,
    // What is within a package asks for modules of Node.js by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [urlsOf(program), packagesApart(isApart)],
  });
}

const packagesApart = (isApart: BundleOptions['isApart']): Plugin => ({
  name: 'packages-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) =>
      kind !== 'entry-point' && isApart(path, importer) ? { path, external: true } : null,
    ),
});

/** A module goes on knowing by `import.meta.url` where it lies in the tree. */
function urlsOf(program: string): Plugin {
  return {
    name: 'module-urls',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const place = relative(dirname(program), relative('.', path)).replace(/\.ts$/, '.js');
        const url = `new URL(${JSON.stringify(place)}, import.meta.url).href`;
        return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url), loader: 'ts' };
      }),
  };
}
