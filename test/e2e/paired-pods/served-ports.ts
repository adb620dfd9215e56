/**
 * A pod with ports and nothing else: HTTP for its liveness, plain TCP for its readiness, both asked by the node's
 * kubelet.
 */
import { idle, podOf } from './pods.js';

export const httpPort = 8080;
export const tcpPort = 5432;

const server = `
const { createServer } = require('node:http');
createServer((request, response) => {
  const from = request.socket.remoteAddress.replace('::ffff:', '');
  console.log(JSON.stringify({ from, url: request.url }));
  response.end('from ' + from + '\\n');
}).listen(${httpPort});
// A probe is gone before it has heard anything.
require('node:net').createServer((socket) => socket.on('error', () => {}).end('hello\\n')).listen(${tcpPort});
`;

export const portsPod = (): object =>
  podOf('ports', {
    restartPolicy: 'Always',
    containers: [
      idle('app', {
        command: ['node', '-e', server],
        ports: [{ containerPort: httpPort }, { containerPort: tcpPort }],
        livenessProbe: {
          httpGet: { path: '/live', port: httpPort },
          initialDelaySeconds: 5,
          periodSeconds: 1,
          timeoutSeconds: 20,
          failureThreshold: 6,
        },
        readinessProbe: {
          tcpSocket: { port: tcpPort },
          periodSeconds: 1,
          timeoutSeconds: 2,
          failureThreshold: 3,
        },
      }),
    ],
  });

/** Of another node, and nobody's kubelet. */
export const clientPod = (): object =>
  podOf('client', {
    nodeSelector: { 'kubernetes.io/hostname': 'n2' },
    containers: [idle('app')],
  });
