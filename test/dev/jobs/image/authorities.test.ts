import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authoritiesFile, leaveAuthoritiesToNpm } from '../../../../dev/image/authorities.js';

const company = process.execPath;

test('what is started trusts nobody beside those whom Node.js trusts, and npm finds the file by its own name', () => {
  const environment: NodeJS.ProcessEnv = { NODE_EXTRA_CA_CERTS: company };
  const takeBack = leaveAuthoritiesToNpm(environment);
  assert.deepEqual(environment, { npm_config_cafile: company });
  assert.equal(authoritiesFile(environment), company);
  takeBack();
  assert.deepEqual(environment, { NODE_EXTRA_CA_CERTS: company });
});

test('a file that npm was given stays its own', () => {
  const environment: NodeJS.ProcessEnv = { NODE_EXTRA_CA_CERTS: company, npm_config_cafile: 'own' };
  const takeBack = leaveAuthoritiesToNpm(environment);
  assert.deepEqual(environment, { npm_config_cafile: 'own' });
  takeBack();
  assert.deepEqual(environment, { NODE_EXTRA_CA_CERTS: company, npm_config_cafile: 'own' });
});

test('where there is none, nothing changes', () => {
  const environment: NodeJS.ProcessEnv = { PATH: '/bin' };
  leaveAuthoritiesToNpm(environment)();
  assert.deepEqual(environment, { PATH: '/bin' });
});
