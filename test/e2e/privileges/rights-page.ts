/**
 * Rights as sentences, `get secrets havock8s-webhook-tls`, from the page that promises them and from kubectl's table:
 *
 *     | get, list | secrets | havock8s-webhook-tls | why |            the page, a table for the namespace, one for the cluster
 *     secrets   []   [havock8s-webhook-tls]   [get list]              kubectl auth can-i --list
 */

export interface RightsPage {
  readonly namespaced: readonly string[];
  readonly cluster: readonly string[];
}

export function readRightsPage(page: string): RightsPage {
  const section = (title: string): readonly string[] => {
    const [, text = ''] = page.split(`## ${title}\n`);
    return tableOf(text.split('\n## ')[0] ?? '');
  };
  return { namespaced: section('In its own namespace'), cluster: section('In the cluster') };
}

function tableOf(text: string): readonly string[] {
  return [...text.matchAll(/^\| ([a-z, ]+) \| ([a-z0-9., ]+) \|(.*?)\|.+\|$/gm)]
    .filter(([, verbs]) => verbs !== 'verb')
    .flatMap(([, verbs = '', resources = '', name = '']) =>
      rights(verbs.split(', '), resources.split(', '), [name.trim()]),
    );
}

/** Rights on what is not a resource, such as /healthz, are passed over: nobody of ours is granted one. */
export function rightsOf(listed: string): readonly string[] {
  const [, ...rows] = listed.trimEnd().split('\n');
  const all = rows.flatMap((row) => {
    const [, resource, nonResource = '', names = '', verbs = ''] =
      /^(\S*)\s+\[(.*?)\]\s+\[(.*?)\]\s+\[(.*?)\]$/.exec(row) ?? [];
    if (resource === undefined) throw new Error(`not a row of kubectl auth can-i --list: ${row}`);
    if (nonResource !== '') return [];
    return rights(verbs.split(' '), [resource], names === '' ? [''] : names.split(' '));
  });
  return [...new Set(all)];
}

const rights = (
  verbs: readonly string[],
  resources: readonly string[],
  names: readonly string[],
): readonly string[] =>
  verbs.flatMap((verb) =>
    resources.flatMap((resource) => names.map((name) => `${verb} ${resource} ${name}`.trim())),
  );
