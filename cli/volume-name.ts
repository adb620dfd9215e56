/** What a volume may be called, here and in Kubernetes. */
export const isVolumeName = (name: string): boolean =>
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name);
