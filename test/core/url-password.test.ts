import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPassword, withoutPassword } from '../../core/url-password.js';

for (const [url, shown] of [
  ['postgres://app:secret@db:5432/app', 'postgres://app@db:5432/app'],
  ['postgres:///app?host=/run&password=secret', 'postgres:///app?host=%2Frun'],
  ['redis://:secret@db:6379', 'redis://db:6379'],
  ['http://me:secret@web/health?a=b', 'http://me@web/health?a=b'],
  ['postgres://app@db/app?sslmode=require', null],
  ['http://web:8080/password', null],
  ['secret', null],
] as const)
  test(`${url} ${shown === null ? 'has no password' : `is shown as ${shown}`}`, () => {
    assert.equal(hasPassword(url), shown !== null);
    assert.equal(withoutPassword(url), shown ?? url);
  });
