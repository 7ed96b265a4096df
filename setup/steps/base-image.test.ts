import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetAptSettings } from './base-image.ts';

let root: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-base-'));
  file = join(root, 'etc/apt/apt.conf.d/99mmdebstrap');
  mkdirSync(dirname(file), { recursive: true });
  const proxy = 'Acquire::http::Proxy "http://school:secret@proxy:3128";\nAcquire::https::Proxy "http://proxy:3128";\n';
  const dates = 'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n';
  writeFileSync(file, `Acquire::Languages "none";\n${proxy}${dates}`);
});

afterEach(() => rmSync(root, { recursive: true }));

function forget(...mirrorLines: string[]): string {
  execFileSync('sh', ['-c', forgetAptSettings(mirrorLines), 'sh', root]);
  return readFileSync(file, 'utf8');
}

test.each([
  [[]],
  [
    [
      'deb http://deb.debian.org/debian trixie main',
      'deb https://security.debian.org/debian-security trixie-security main',
    ],
  ],
])('a base knows no proxy of the machine that made it, and checks dates: %j', (lines) => {
  expect(forget(...lines)).toBe('Acquire::Languages "none";\n');
});

test('old dates stay allowed for a mirror that may have them, the proxy does not stay', () => {
  const left = forget('deb [signed-by=/k] http://snapshot.school.example/debian trixie main');
  expect(left).toContain('Check-Valid-Until "false"');
  expect(left).toContain('Check-Date "false"');
  expect(left).not.toContain('Proxy');
});
