import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../run-program.ts';
import { parserVersionOf, profileFor, readProfile } from './profile.ts';

const root = join(import.meta.dirname, '../..');
const parser = findProgram('apparmor_parser', process.env);

describe('the AppArmor profile', () => {
  it('leaves out what an older parser does not know', () => {
    const text = 'abi <abi/4.0>,\nprofile x {\n  userns, # since 4.0\n  file,\n}\n';
    expect(profileFor(text, '4.1.0')).toBe(text);
    expect(profileFor(text, '3.0.8')).toBe('abi <abi/3.0>,\nprofile x {\n  file,\n}\n');
  });

  it('gives sandboxes the right to user namespaces that Ubuntu takes away', async () => {
    expect(await readProfile(root, '4.0.1')).toMatch(/^ {2}userns,/m);
    expect(await readProfile(root, '3.0.8')).not.toMatch(/^ *userns,/m);
  });

  it('knows a parser’s version', () => {
    expect(parserVersionOf('AppArmor parser version 3.0.8\nCopyright')).toBe('3.0.8');
    expect(parserVersionOf('something else')).toBeNull();
  });

  it.skipIf(parser === null)('is understood by the parser (skipped: there is no apparmor_parser here)', async () => {
    const program = parser ?? '';
    const version = parserVersionOf(execFileSync(program, ['--version'], { encoding: 'utf8' })) ?? '3.0';
    // As for a kernel of the parser's own time: this one may have no AppArmor.
    const features = `/etc/apparmor.d/abi/${Number.parseInt(version, 10) >= 4 ? '4.0' : '3.0'}`;
    const folder = mkdtempSync(join(tmpdir(), 'drydock-apparmor-'));
    try {
      const file = join(folder, 'profile');
      const check = (text: string) => {
        writeFileSync(file, text);
        const kernel = existsSync(features) ? ['--kernel-features', features] : [];
        execFileSync(program, ['--skip-kernel-load', '--skip-cache', '--Werror', ...kernel, file], { stdio: 'pipe' });
      };
      const text = await readProfile(root, version);
      check(text);
      expect(() => check(text.replace('pivot_root,', 'pivot_tree,'))).toThrow();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
