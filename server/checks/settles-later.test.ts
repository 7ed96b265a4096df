import { expect, test } from 'vitest';
import { check } from './look.ts';
import { programOf, settlesLater } from './when-to-look.ts';

test.each([
  ['http: 8080/\nstatus: 200', true],
  ['container: web\nlogs: ready', true],
  ['container: web\nhealth: healthy', true],
  ['network: back\nreaches: { from: web, to: db, port: 5432 }', true],
  ['compose: shop\nservices: { web: { health: healthy } }', true],
  ['compose: shop\nservices: { web: { state: running } }', false],
  ['run: docker inspect web', true],
  ['volume: data\nfile: { path: a.txt }', true],
  ['container: web\ndiffers: /a.txt', true],
  ['volume: data\nstate: present', false],
  ['container: web\nstate: running', false],
  ['network: back\nstate: present', false],
  ['file: a.txt\nstate: present', false],
  ['ran: docker ps', false],
])('%j can come to hold without a word from Docker: %j', (yaml, expected) => {
  expect(settlesLater(check(yaml))).toBe(expected);
});

test.each([
  ['run: docker run --rm tool', 'changing'],
  ['http: 8080/\nstatus: 200', 'reading'],
  ['network: back\nreaches: { from: web, to: db, port: 5432 }', 'reading'],
  ['network: back\nstate: present', null],
  ['image: app\nfile: { path: /a.txt }', 'reading'],
  ['image: app\nuser: app', null],
  ['volume: data\nfile: { path: a.txt }', 'reading'],
  ['container: web\nlogs: ready', null],
  ['file: a.txt\nstate: present', null],
])('%j takes a program that is %j', (yaml, expected) => {
  expect(programOf(check(yaml))).toBe(expected);
});
