/**
 * The image's bill of materials, CycloneDX 1.5: the Node that runs this, npm's packages, as npm says that it
 * installed them, and Debian's. The same image gives the same bill, so it has neither a serial number nor a time.
 *
 *     dpkg-query --show --showformat='${Package}\t${Version}\t${Architecture}\n' |
 *       node bill-of-materials.js LOCK NAME VERSION        LOCK is node_modules/.package-lock.json, beside node_modules
 *
 * `npm sbom --omit=dev` is not asked: it leaves out what a package for development needs as well.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, Installed>>;
}

interface Installed {
  readonly version: string;
  readonly license?: string;
}

interface Component {
  readonly type: 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** For who looks for known holes: Node is in nobody's list of packages. */
  readonly cpe?: string;
  readonly licenses?: readonly { readonly expression: string }[];
}

function main([lockFile = '', name = '', version = '']: readonly string[]): void {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as Lock;
  // What was installed and then thrown away is no part of the image.
  const kept = Object.entries(packages).filter(([path]) => existsSync(join(dirname(lockFile), path)));
  const npm = npmComponents(kept);
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': `${name}@${version}`, name, version } },
    components: [nodeComponent(process.versions.node), ...npm, ...debianComponents(readFileSync(0, 'utf8'))],
  };
  process.stdout.write(`${JSON.stringify(bill, null, 1)}\n`);
}

function nodeComponent(version: string): Component {
  const purl = `pkg:generic/node@${version}`;
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  return { type: 'platform', 'bom-ref': purl, name: 'node', version, purl, cpe };
}

/** By path, of which the last folder is the name: several versions of one may be there. */
function npmComponents(packages: readonly (readonly [string, Installed])[]): readonly Component[] {
  return packages.map(([path, { version, license }]) => {
    const name = path.replace(/^.*node_modules\//, '');
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return {
      type: 'library',
      'bom-ref': `${purl}#${path}`,
      name,
      version,
      purl,
      ...(license !== undefined && { licenses: [{ expression: license }] }),
    };
  });
}

/** https://github.com/package-url/purl-spec, type `deb`. */
function debianComponents(lines: string): readonly Component[] {
  const release = /^VERSION_ID="?(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', version = '', architecture = ''] = line.split('\t');
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-${release}`;
      return { type: 'library', 'bom-ref': purl, name, version, purl };
    });
}

main(process.argv.slice(2));
