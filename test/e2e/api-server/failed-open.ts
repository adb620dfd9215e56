/** What the API server's audit says of webhooks that did not answer: whose request went on without them. */

/** Names of the objects, one for each request. */
export function failedOpen(audit: string, webhook: string): readonly string[] {
  return audit
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ annotations = {} }) =>
      Object.entries(annotations).some(([key, value]) => key.startsWith('failed-open.') && value === webhook),
    )
    .map(({ objectRef }) => objectRef?.name ?? '');
}

interface AuditEvent {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly objectRef?: { readonly name?: string };
}
