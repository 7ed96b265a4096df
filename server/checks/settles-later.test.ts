import { expect, test } from 'vitest';
import { settlesLater } from './evaluate-checks.ts';
import { check } from './look.ts';

test.each([
  ['http: 8080/\nstatus: 200', true],
  ['container: web\nlogs: ready', true],
  ['container: web\nhealth: healthy', true],
  ['network: back\nreaches: { from: web, to: db, port: 5432 }', true],
  ['compose: shop\nservices: { web: { health: healthy } }', true],
  ['compose: shop\nservices: { web: { state: running } }', false],
  ['container: web\nstate: running', false],
  ['network: back\nstate: present', false],
  ['file: a.txt\nstate: present', false],
  ['ran: docker ps', false],
])('%j can come to hold without a word from Docker: %j', (yaml, expected) => {
  expect(settlesLater(check(yaml))).toBe(expected);
});
