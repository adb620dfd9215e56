/** containerd of one node, whose pods are on a bridge of the node. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxImage } from '../images/references.js';

export const containerdSocket = '/run/containerd/containerd.sock';

/** Without a range of addresses it has no pods, and only keeps images. */
export function containerdCommand(
  folder: string,
  { podRange }: { readonly podRange?: string },
): readonly string[] {
  const [config, cni] = [join(folder, 'containerd.toml'), join(folder, 'cni')];
  mkdirSync(cni, { recursive: true });
  if (podRange !== undefined)
    writeFileSync(join(cni, '10-pods.conflist'), JSON.stringify(podNetwork(podRange), null, 2));
  writeFileSync(config, configText(cni));
  return ['containerd', `--config=${config}`];
}

/** No /etc/cni of the machine is read. Where there is no CAP_SYS_RESOURCE, no OOM score can be lowered. */
const configText = (cni: string): string => `version = 2
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;

const podNetwork = (podRange: string): object => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods',
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: podRange }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});
