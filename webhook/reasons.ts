/** One table from code to sentence, for warnings, the log, the metric and events. The codes are stable. */

/** Why a pod gets no sidecar. */
export const skipReasons = {
  'not-asked': 'nobody asked for it',
  refused: 'its annotation havock8s.io/inject is "false"',
  'bad-inject': 'its annotation havock8s.io/inject is neither "true" nor "false"',
  'namespace-not-enabled': 'its namespace lacks the label havock8s.io/injection=enabled',
  'unknown-namespace': 'its namespace could not be looked up, nor what Pod Security admits there',
  'already-injected': 'it has a sidecar of havock8s already, put there by hand',
  'mirror-pod': 'it is a mirror of a static pod, which only its kubelet changes',
  'old-kubernetes': 'this cluster is older than Kubernetes 1.29, and has no native sidecars',
  'host-network': 'it has hostNetwork, where its connections are those of the whole node',
  windows: 'it is for Windows, and the sidecar is for Linux',
  'user-namespace': 'it has hostUsers: false, where nothing can be mounted for other containers',
  'pod-security': 'Pod Security of its namespace admits no sidecar with NET_ADMIN or a privileged container',
  'nothing-to-do': 'it has no volume and no TCP port that faults could be about',
  'malformed-pod': 'its specification is not as Kubernetes has it',
  'too-many-volumes': 'it has more volumes than one sidecar serves',
  'too-many-ports': 'it has more ports than one sidecar intercepts',
  'too-large': 'it has more containers, volumes or mounts than any pod that runs',
  'name-taken': 'a container of its own has the name of one of the sidecars',
  'mounts-ours':
    'a container of its own mounts a volume of the sidecars, through which it could reach past them',
  'annotations-full': 'its annotations have no room for what the sidecar must be told: 256 KiB is the most',
  'our-error': 'havock8s made a mistake of its own, which its log tells',
} as const satisfies Record<string, string>;

export type SkipCode = keyof typeof skipReasons;

/** What of an injected pod is left alone. */
export const noteReasons = {
  'unknown-volume': 'the pod has no volume of that name',
  'block-device': 'it is used as a block device, which no file system is in front of',
  'unsuited-volume': 'what Kubernetes projects into a pod (secrets, config maps, tokens) is left alone',
  'memory-volume': 'it lies in memory, and what is written to it would count as memory of the sidecar',
  'bidirectional-mount':
    'a container mounts it with Bidirectional propagation, which would reach past the sidecar',
  'unused-volume': 'no container mounts it',
  'bad-port': 'not a TCP port from 1 to 65535',
  'port-taken':
    'the pod has that port itself, so its sidecar has no read-only port; havock8s.io/read-only-port names another',
  'bad-quantity': 'not a quantity as Kubernetes writes it, so the default holds',
  'shared-processes':
    'its containers see the processes of the sidecars, and one that runs as root reads what those hold',
  'label-taken':
    'its label havock8s.io/injected has another value already, which stays: who selects injected pods does not find it',
  'recursive-read-only':
    'recursiveReadOnly does not go with mount propagation: the mount is read-only, what is mounted within it may not be',
} as const satisfies Record<string, string>;

export type NoteCode = keyof typeof noteReasons;

/** Something of an injected pod that was left alone. */
export interface Note {
  readonly code: NoteCode;
  /** What it is about: a volume, a port, an annotation; '' where that is clear. */
  readonly subject: string;
}
