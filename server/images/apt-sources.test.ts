import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mirrorFor, parseDeb822Sources, parseOneLineSources, readAptSources } from './apt-sources.ts';

const deb822 = `# the archive
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# a comment inside a stanza
URIs: http://mirror.example/debian-security/
Suites: bookworm-security
Components:
 main
 contrib
Signed-By: /etc/apt/keyrings/site.asc

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: sid
Components: main

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://keys.example/debian
Suites: stable
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----
`;

const oneLine = `
# deb http://off.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # the archive
deb [arch=amd64 signed-by=/etc/apt/keyrings/site.asc] https://mirror.example/debian-security bookworm-security main
deb-src http://mirror.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main
`;

const security = { uri: 'https://mirror.example/debian-security', suite: 'bookworm-security', components: ['main'] };

describe('the deb822 format', () => {
  it('gives one source for each address and suite that is switched on', () => {
    expect(parseDeb822Sources(deb822)).toEqual([
      {
        uri: 'http://mirror.example/debian',
        suite: 'bookworm',
        components: ['main', 'contrib'],
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
      {
        uri: 'http://mirror.example/debian',
        suite: 'bookworm-updates',
        components: ['main', 'contrib'],
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
      {
        uri: 'http://mirror.example/debian-security/',
        suite: 'bookworm-security',
        components: ['main', 'contrib'],
        signedBy: '/etc/apt/keyrings/site.asc',
      },
      { uri: 'http://keys.example/debian', suite: 'stable', components: ['main'], signedBy: null },
    ]);
  });
});

describe('the one-line format', () => {
  it('reads options, and leaves out comments and sources of source packages', () => {
    expect(parseOneLineSources(oneLine).slice(0, 2)).toEqual([
      { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main', 'contrib'], signedBy: null },
      { ...security, signedBy: '/etc/apt/keyrings/site.asc' },
    ]);
  });
});

describe('mirrorFor', () => {
  it('turns the mirror to another release, with its updates and security', () => {
    expect(mirrorFor('trixie', parseDeb822Sources(deb822))).toEqual({
      lines: [
        'deb http://mirror.example/debian trixie main',
        'deb http://mirror.example/debian trixie-updates main',
        'deb http://mirror.example/debian-security/ trixie-security main',
      ],
      keys: ['/etc/apt/keyrings/site.asc'],
      loopback: false,
    });
  });

  it('does without updates and security where the machine has none', () => {
    const lines = mirrorFor('trixie', parseOneLineSources('deb http://localhost:3142/debian bookworm main'));
    expect(lines).toEqual({ lines: ['deb http://localhost:3142/debian trixie main'], keys: [], loopback: true });
  });

  it('finds none in a derivative or in add-on archives', () => {
    const sources = parseOneLineSources(
      'deb http://mirror.example/ubuntu noble main\ndeb https://packages.example/linux/debian bookworm stable\ndeb https://apt.example/apt tool main',
    );
    expect(mirrorFor('trixie', sources)).toBeNull();
  });
});

describe('readAptSources', () => {
  it('reads all files of apt, and follows a list of mirrors', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-apt-'));
    try {
      mkdirSync(join(folder, 'sources.list.d'));
      writeFileSync(join(folder, 'mirrors.list'), '# nearest\nhttp://near.example/debian\nhttp://far.example/debian\n');
      writeFileSync(join(folder, 'sources.list'), 'deb http://mirror.example/debian bookworm main\n');
      writeFileSync(join(folder, 'sources.list.d/old.list.disabled'), 'deb http://off.example/debian sid main\n');
      writeFileSync(
        join(folder, 'sources.list.d/cloud.sources'),
        `Types: deb\nURIs: mirror+file://${folder}/mirrors.list\nSuites: trixie\nComponents: main\n`,
      );
      expect((await readAptSources(folder)).map((source) => source.uri)).toEqual([
        'http://mirror.example/debian',
        'http://near.example/debian',
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('finds none on a machine without apt', async () => {
    expect(await readAptSources('/nowhere')).toEqual([]);
  });
});
