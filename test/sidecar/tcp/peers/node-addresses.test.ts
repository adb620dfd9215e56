import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeAddress } from '../../../../faults/values/address.js';
import { nodePrefixes } from '../../../../sidecar/tcp/peers/node-addresses.js';

const ipv4 = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	01F4F40A	0003	0	0	0	00000000	0	0	0
eth0	00F4F40A	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;
const ipv6 = `fd990000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80000000000000eceeeefffeeeeeee 00000400 00000001 00000000 00000003     eth0
`;

const told = (named: readonly string[], routes = { ipv4, ipv6 }): readonly string[] =>
  nodePrefixes(named, routes).map(({ bytes, bits }) => `${writeAddress(bytes)}/${bits}`);

test('nodePrefixes() are the addresses that are named, and the gateways of the routes', () => {
  assert.deepEqual(told(['192.168.1.20']), [
    '192.168.1.20/32',
    '10.244.244.1/32',
    'fe80::ecee:eeff:feee:eeee/128',
  ]);
});

test('nodePrefixes() of a host without routes are those that are named', () => {
  assert.deepEqual(told(['fd00::1'], { ipv4: '', ipv6: '' }), ['fd00::1/128']);
});
