/**
 * The image's bill of materials, CycloneDX: what npm says of its packages, and Debian's beside them. The same image gives
 * the same bill, so it has neither a serial number nor a time.
 *
 *     dpkg-query --show --showformat='${Package}\t${Version}\t${Architecture}\n' | node bill-of-materials.js NPM.cdx.json
 */
import { readFileSync } from 'node:fs';

interface Bill {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly object[];
}

function main(npmFile: string): void {
  const { serialNumber: _serial, ...bill } = JSON.parse(readFileSync(npmFile, 'utf8')) as Bill & {
    serialNumber?: string;
  };
  const { timestamp: _time, ...metadata } = bill.metadata;
  const components = [...bill.components, ...debianComponents(readFileSync(0, 'utf8'))];
  process.stdout.write(`${JSON.stringify({ ...bill, metadata, components }, null, 1)}\n`);
}

/** purl's type `deb`: https://github.com/package-url/purl-spec. */
function debianComponents(lines: string): readonly object[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', version = '', architecture = ''] = line.split('\t');
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
      return { type: 'library', 'bom-ref': purl, name, version, purl };
    });
}

main(process.argv[2] ?? '');
