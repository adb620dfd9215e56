/** A kustomization of a user's, which takes the ledger beside the application and says of which database. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

export const ledgerComponent = 'manifests/components/ledger';

export interface LedgerOverlay {
  readonly namespace: string;
  readonly images?: readonly object[];
  readonly patches: readonly object[];
}

/** As docs/operate/experiments.md has it; `$patch` in place of a value leaves a variable out. */
export const databaseOf = (...env: readonly object[]): object => ({
  patch: JSON.stringify({
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'havock8s-ledger' } },
    spec: { template: { spec: { containers: [{ name: 'ledger', env }] } } },
  }),
});

/** `use` has the folder of the kustomization for as long as it goes on. */
export async function withLedgerOverlay<T>(
  overlay: LedgerOverlay,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-kustomize-'));
  try {
    // Paths of a kustomization are relative. JSON is YAML.
    const kustomization = { components: [relative(folder, ledgerComponent)], ...overlay };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
