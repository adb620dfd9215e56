import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { programVersion } from '../../../core/program-version.js';
import { authoritiesFile } from '../../../dev/image/authorities.js';
import { type BaseImage, baseImage } from '../../../dev/image/base-image.js';
import { type BuiltImage, buildImage, saveImage } from '../../../dev/image/build-image.js';
import { type Builder, chooseBuilder, runBuilder } from '../../../dev/image/builder.js';
import { boundBytes, buildHavock8sImage, megabytes } from '../../../dev/image/havock8s-image.js';
import { needs } from '../../needs.js';

const reference = `localhost/havock8s-test/image-${process.pid}`;
const other = `${reference}-again`;

describe('the image', { skip: needs('root', 'buildah', 'debootstrap') }, () => {
  let builder: Builder;
  let base: BaseImage;
  let image: BuiltImage;
  let container = '';
  let root = '';
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-image-'));
  const trusted = process.env['NODE_EXTRA_CA_CERTS'];

  before(async () => {
    builder = chooseBuilder('buildah');
    process.env['NODE_EXTRA_CA_CERTS'] = withForeignAuthority(folder);
    base = await baseImage(builder, { say: () => {} });
    image = await buildHavock8sImage({ builder, base, reference, fresh: true, say: () => {} });
    container = runBuilder(builder, ['from', reference]).trim();
    root = runBuilder(builder, ['mount', container]).trim();
  });

  after(() => {
    if (trusted === undefined) delete process.env['NODE_EXTRA_CA_CERTS'];
    else process.env['NODE_EXTRA_CA_CERTS'] = trusted;
    rmSync(folder, { recursive: true });
    if (container !== '') runBuilder(builder, ['rm', container]);
    for (const made of [reference, other])
      spawnSync('sh', ['-c', `${builder.command(['rmi', made]).join(' ')} 2>/dev/null`]);
  });

  test('is small above its base with Node', (t) => {
    const above = image.bytes - image.baseBytes;
    t.diagnostic(`${megabytes(image.bytes)} unpacked, ${megabytes(above)} above the base`);
    assert.ok(above > 20e6 && above < boundBytes);
  });

  // The first used nothing that another build had left: whatever the next one finds was made apart from it.
  for (const how of ['by steps that a cache has, or is given', 'from a cache'])
    test(`built again, ${how}, is the same to the byte`, async () => {
      const again = await buildHavock8sImage({ builder, base, reference: other, say: () => {} });
      // A digest alone would not say what differs.
      assert.deepEqual(inspect(builder, other).OCIv1, inspect(builder, reference).OCIv1);
      assert.equal(again.id, image.id);
    });

  test('built from what other commits left in the cache, with the same files, it names its own', async () => {
    for (const commit of ['one', 'another', 'one']) {
      await buildImage({
        builder,
        base,
        folder: '.',
        dockerfile: 'Dockerfile',
        reference: other,
        arguments: { VERSION: programVersion(), REVISION: commit, CREATED: `of ${commit}` },
        say: () => {},
      });
      const { Labels: labels } = inspect(builder, other).OCIv1.config;
      assert.deepEqual(
        [labels['org.opencontainers.image.revision'], labels['org.opencontainers.image.created']],
        [commit, `of ${commit}`],
      );
    }
  });

  test('starts as nobody, with one entry point, and says what it is', () => {
    const { config } = inspect(builder, reference).OCIv1;
    assert.equal(config.User, '65532:65532');
    assert.deepEqual(config.Entrypoint, ['havock8s']);
    assert.equal(config.Labels['org.opencontainers.image.version'], programVersion());
    assert.match(config.Labels['org.opencontainers.image.revision'] ?? '', /^[0-9a-f]{40}(-dirty)?$/);
    assert.match(config.Labels['org.opencontainers.image.created'] ?? '', /^20\d\d-\d\d-\d\dT[\d:]{8}Z$/);
    assert.match(config.Labels['org.opencontainers.image.base.digest'] ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.match(config.Labels['org.opencontainers.image.base.name'] ?? '', /node/);
    assert.equal(config.Labels['io.havock8s.sbom.path'], '/usr/share/sbom/havock8s.cdx.json');
  });

  test('its bill of materials names each package of npm, and each of Debian', () => {
    const bill = JSON.parse(readFileSync(join(root, 'usr/share/sbom/havock8s.cdx.json'), 'utf8')) as Bill;
    const named = new Set(bill.components.map(({ purl }) => decodeURIComponent(purl).replace(/\?.*/, '')));
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
    const wanted = Object.entries(lock.packages).filter(
      ([path]) => path !== '' && existsSync(join(root, app, path)),
    );
    assert.ok(wanted.length > 50);
    for (const [path, { version, dev = false }] of wanted) {
      const name = path.replace(/^.*node_modules\//, '');
      assert.equal(dev, false, `${name} is for development`);
      assert.ok(named.has(`pkg:npm/${name}@${version}`), name);
    }
    for (const [, debian, version] of debianPackages(root))
      assert.ok(named.has(`pkg:deb/debian/${debian}@${version}`));
    for (const name of ['node', 'nftables', 'express'])
      assert.ok(
        bill.components.some((component) => component.name === name),
        name,
      );
  });

  test('has neither npm nor yarn, nor tests, nor types', () => {
    for (const path of [
      'usr/local/bin/npm',
      'usr/local/lib/node_modules',
      `${app}/build/test`,
      `${app}/build/dev`,
      `${app}/dist`,
    ])
      assert.ok(!existsSync(join(root, path)), path);
    assert.deepEqual(
      filesBelow(join(root, app)).filter((path) => /\.(ts|map)$/.test(path)),
      [],
    );
  });

  test('keeps nothing of the machine that built it in any layer: no authority, no name, no resolver', () => {
    const archive = join(folder, 'image.tar');
    saveImage(builder, reference, archive);
    const { stdout, status } = spawnSync('tar', ['-xf', archive, '-C', folder, '--wildcards', '*.tar']);
    assert.equal(status, 0, String(stdout));
    const layers = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.tar$/.test(name));
    assert.equal(layers.length, layersOf(builder, reference).length);
    const [, line = ''] = readFileSync(join(folder, 'foreign.pem'), 'utf8').split('\n');
    for (const layer of layers) {
      assert.ok(!readFileSync(join(folder, layer)).includes(line), `${layer} has the authority`);
      assert.deepEqual(
        listing(join(folder, layer)).filter((line) => tellsOfTheMachine.test(line)),
        [],
      );
    }
  });

  test('works with a root that cannot be written to, as nobody', () => {
    assert.equal(inside(root, ['havock8s', 'version', '--output', 'json']).code, 0);
    for (const command of ['webhook', 'mount', 'faults', 'doctor']) {
      const { code, said } = inside(root, ['havock8s', command, '--help']);
      assert.equal(code, 0, said);
      assert.match(said, /Usage: havock8s /);
    }
    const written = inside(root, ['sh', '-c', 'echo x > /opt/havock8s/x']);
    assert.match(written.said, /Read-only file system|Permission denied/);
  });

  test('has what the fault proxies call: nft, ip and test', () => {
    for (const command of [
      ['nft', '--version'],
      ['ip', '-Version'],
      ['test', '-d', '/opt/havock8s'],
    ])
      assert.equal(inside(root, command).code, 0, command.join(' '));
  });
});

const app = 'opt/havock8s';

/** As `tar --verbose` lists it, by size and path: builders leave empty files where they mounted some. */
const tellsOfTheMachine =
  /^\S+ \S+ +([1-9]\d* .*etc\/(hostname|hosts|resolv\.conf|machine-id)|\d+ .*run\/secrets\/.+)$/;

function listing(archive: string): readonly string[] {
  const { status, stdout } = spawnSync('tar', ['--list', '--verbose', '--file', archive], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  assert.equal(status, 0);
  return stdout.split('\n');
}

/** What this machine trusts, and an authority that it alone knows. */
function withForeignAuthority(folder: string): string {
  const foreign = join(folder, 'foreign.pem');
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-subj',
      '/CN=of this test alone',
      '-keyout',
      join(folder, 'key'),
      '-out',
      foreign,
    ],
    { encoding: 'utf8', timeout: 30_000 },
  );
  assert.equal(made.status, 0, made.stderr);
  const known = authoritiesFile(process.env);
  const bundle = join(folder, 'authorities.pem');
  writeFileSync(bundle, (known === null ? '' : readFileSync(known, 'utf8')) + readFileSync(foreign, 'utf8'));
  return bundle;
}

interface Inspected {
  readonly OCIv1: {
    readonly config: {
      readonly User: string;
      readonly Entrypoint: readonly string[];
      readonly Labels: Readonly<Record<string, string>>;
    };
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
}

interface Bill {
  readonly components: readonly { readonly name: string; readonly purl: string }[];
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
}

const inspect = (builder: Builder, image: string): Inspected =>
  JSON.parse(runBuilder(builder, ['inspect', '--type=image', image])) as Inspected;

const layersOf = (builder: Builder, image: string): readonly string[] =>
  inspect(builder, image).OCIv1.rootfs.diff_ids;

const debianPackages = (root: string): readonly RegExpMatchArray[] => [
  ...readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8').matchAll(
    /^Package: (\S+)\nStatus: install ok installed\n(?:(?!\n\n)[\s\S])*?^Version: (\S+)$/gm,
  ),
];

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** In a container of nothing but a mount namespace: the root read-only, /proc, and no rights. */
function inside(
  root: string,
  command: readonly string[],
): { readonly code: number | null; readonly said: string } {
  const script =
    'mount --bind "$0" "$0"; mount -t proc proc "$0/proc"; mount -o remount,bind,ro "$0"; exec chroot --userspec=65532:65532 "$0" "$@"';
  const args = ['--mount', '--propagation', 'private', 'sh', '-euc', script, root, ...command];
  const { status, stdout, stderr } = spawnSync('unshare', args, {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  return { code: status, said: `${stdout}${stderr}` };
}
