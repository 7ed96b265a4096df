import { describe, expect, it } from 'vitest';
import { look } from './look.ts';

describe('a file', () => {
  const dockerfile = 'FROM busybox AS base\nRUN a && \\\n    b\ncopy  index.html   /www/\nCMD [ "httpd",  "-f" ]\n';
  const files = {
    Dockerfile: dockerfile,
    empty: '\n',
    'app/a.txt': 'one\ntwo\n',
    'said.txt': 'say with three  \n 3\n13\nname:   a\nthree  \n',
    'compose.yaml': 'web:\nmem_limit: 64m\n',
    'cr/Dockerfile': 'from busybox\nRUN a \\\n  b c\n',
    'low/Dockerfile': 'from busybox\nRUN  make\nHEALTHCHECK NONE\nCMD a \\\n  b\nENV A=b\n',
  };
  const world = { files, folders: ['app', 'cr', 'low'] };
  it.each([
    'file: Dockerfile\nstate: present',
    'file: none\nstate: absent',
    'file: app/a.txt\ncontains: [one, two]\nlacks: three\nmatches: ^two$',
    'file: Dockerfile\ninstruction: COPY',
    'file: Dockerfile\ninstruction: COPY index.html /www/',
    'file: Dockerfile\ninstruction: CMD ["httpd","-f"]',
    'file: Dockerfile\ninstruction: [FROM busybox AS base, RUN a && b]',
    'file: Dockerfile\ninstruction: { name: copy, contains: index.html, lacks: ".git", matches: "/www/?$" }',
    'file: empty\nlacks: x',
    'file: empty\nstate: present\nlacks: x',
  ])('%j is met', async (yaml) => expect(await look(yaml, world)).toMatchObject({ state: 'met' }));

  it.each<[string, string]>([
    [
      'file: app/a.txt\ncontains: [one, two]\nlacks: three\nmatches: ^two$',
      'app/a.txt is there. It contains `one` and `two`. It does not contain `three`. It contains `two`.',
    ],
    [
      'file: Dockerfile\nmatches: ^RUN[\\s\\S]*^copy',
      'Dockerfile is there. Its instructions are, in order: FROM, RUN, COPY and CMD.',
    ],
    ['file: none\nstate: absent', 'There is no none.'],
    ['file: said.txt\nmatches: "^name: +a$"', 'said.txt is there. It says what this step asks for.'],
  ])('%j says what it saw', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'met', message }),
  );

  it.each<[string, string]>([
    [
      'file: dockerfile\nstate: present',
      'There is no file dockerfile in your workspace yet. There is Dockerfile; the name has to be exact, capital letters too.',
    ],
    ['file: else\nstate: present', 'There is no file else in your workspace yet.'],
    ['file: Dockerfile\nstate: absent', 'Dockerfile is still there. It has to be gone.'],
    ['file: app\nstate: present', 'app is a folder; it has to be a file.'],
    ['file: empty\ncontains: x', 'empty is there, but it is empty.'],
    ['file: empty\nstate: present\nlacks: x\ncontains: y', 'empty is there, but it is empty.'],
    ['file: app/a.txt\ncontains: three', 'app/a.txt is there, but it does not contain `three`.'],
    [
      'file: app/a.txt\nmatches: ^t.$',
      'app/a.txt is there, but it does not say yet what this step asks for. It says 2 lines, the first is `one`.',
    ],
    ['file: app/a.txt\nmatches: ^3$', 'app/a.txt is there, but it has no line `3`.'],
    ['file: app/a.txt\nmatches: ^th', 'app/a.txt is there, but it does not contain `th`.'],
    ['file: said.txt\nmatches: ^with', 'said.txt is there, but no line of it begins with `with`.'],
    ['file: said.txt\nmatches: say$', 'said.txt is there, but no line of it ends with `say`.'],
    ['file: said.txt\nmatches: ^3$', 'said.txt is there, but no line of it is exactly `3`.'],
    [
      'file: said.txt\nmatches: ^three$',
      'said.txt is there, but no line of it is exactly `three`: blanks stand at the end of one.',
    ],
    [
      'file: compose.yaml\nmatches: "^ +mem_limit: 64m$"',
      'compose.yaml is there, but no line of it is exactly `mem_limit: 64m`, indented with spaces.',
    ],
    [
      'file: compose.yaml\nmatches: ^\\s+mem_limit',
      'compose.yaml is there, but no line of it begins with `mem_limit`, indented.',
    ],
    ['file: compose.yaml\nmatches: "^ +watch:$"', 'compose.yaml is there, but it has no line `watch:`.'],
    ['file: said.txt\nmatches: "name: +with"', 'said.txt is there, but it does not contain `name: with`.'],
    [
      'file: app/a.txt\nmatches: one +two',
      'app/a.txt is there, but it does not say yet what this step asks for. It says 2 lines, the first is `one`.',
    ],
    [
      'file: low/Dockerfile\nmatches: ^FROM busybox$',
      'low/Dockerfile is there, but it has no line `FROM busybox`: there is `from busybox`.',
    ],
    ['file: low/Dockerfile\nmatches: ^RUN make$', 'low/Dockerfile is there, but no line of it is exactly `RUN make`.'],
    [
      'file: cr/Dockerfile\nmatches: ^RUN a b',
      'cr/Dockerfile is there, but it does not contain `RUN a b`: there is `RUN a \\ b c`.',
    ],
    [
      'file: low/Dockerfile\nmatches: ^CMD a b$',
      'low/Dockerfile is there, but it has no line `CMD a b`: there is `CMD a \\ b`.',
    ],
    [
      'file: low/Dockerfile\nmatches: ^ENV A=b c$',
      'low/Dockerfile is there, but it has no line `ENV A=b c`: there is `ENV A=b`.',
    ],
    [
      'file: low/Dockerfile\nmatches: ^HEALTHCHECK .*USER .*curl',
      'low/Dockerfile is there, but its HEALTHCHECK is not yet what this step asks for: there is `HEALTHCHECK NONE`.',
    ],
    ['file: Dockerfile\nmatches: ^EXPOSE', 'Dockerfile is there, but it has no EXPOSE instruction yet.'],
    [
      'file: Dockerfile\nmatches: ^CMD .*nginx',
      'Dockerfile is there, but its CMD is not yet what this step asks for: there is `CMD [ "httpd", "-f" ]`.',
    ],
    [
      'file: Dockerfile\nmatches: ^RUN make$',
      'Dockerfile is there, but it has no line `RUN make`: there is `RUN a && b`.',
    ],
    [
      'file: Dockerfile\nmatches: ^CMD[\\s\\S]*^RUN',
      'Dockerfile is there, but it does not say yet what this step asks for. Its instructions are, in order: FROM, RUN, COPY and CMD.',
    ],
    ['file: app/a.txt\nlacks: two', 'app/a.txt is there, but line 2 still contains `two`.'],
    [
      'file: Dockerfile\ninstruction: EXPOSE 80',
      'Dockerfile is there, but it has no EXPOSE instruction; this step asks for `EXPOSE 80`.',
    ],
    [
      'file: Dockerfile\ninstruction: COPY . /www/',
      'Dockerfile is there, but no COPY in it is `COPY . /www/`: there is `COPY index.html /www/`.',
    ],
    [
      'file: Dockerfile\ninstruction: { name: CMD, contains: nginx }',
      'Dockerfile is there, but no CMD in it contains `nginx`: there is `CMD ["httpd","-f"]`.',
    ],
  ])('%j is unmet', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );
});
