import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fence } from '../lesson-fixture.ts';
import { importSource, namesIn, sourceFolder } from './source-fixture.ts';

const details = {
  intro: { text: 'intro.md' },
  steps: [{ title: 'Brew', text: 'brew.md', verify: 'brew.sh' }],
  finish: { text: 'finish.md' },
};
const whole = {
  'index.json': JSON.stringify(
    { title: 'Tea', description: 'Brew it', details, backend: { imageid: 'ubuntu' } },
    null,
    2,
  ),
  'intro.md': 'You will brew tea.\n',
  'brew.md': 'Heat it.\n\n```\ndocker pull busybox\n```{{exec}}\n',
  'brew.sh': '#!/bin/bash\ndocker image inspect busybox\n',
  'finish.md': 'Well done.\n',
};

/** The only step, imported. */
async function brew(text: string): Promise<{ body: string; lost: string[]; errors: string[] }> {
  const folder = await sourceFolder({ ...whole, 'brew.md': text });
  const imported = await importSource(folder, '--course', 'tea');
  const lesson = await imported.text('tea/source/lesson.md');
  const body = lesson.slice(lesson.indexOf('## Brew\n\n') + 9, lesson.indexOf('\n\n### At the end'));
  return { body, lost: imported.lost, errors: imported.errors };
}

describe('a Killercoda scenario', () => {
  it('that has a test and a command for each step is translated whole', async () => {
    const folder = await sourceFolder(whole);
    const imported = await importSource(folder);
    expect(imported).toMatchObject({ status: 0, lost: [], errors: [], lessons: ['source/source'] });
    const lesson = await imported.text('source/source/lesson.md');
    expect(lesson.slice(lesson.indexOf('---\n\n') + 5)).toBe(
      `You will brew tea.\n\n## Brew\n\nHeat it.\n\n${fence('sh run', 'docker pull busybox')}\n\n### At the end\n\nWell done.\n\n${fence('yaml check', 'title: “Brew” is done\nrun: docker image inspect busybox\ntimeout: 20s')}\n`,
    );
    expect(lesson).toContain('images:\n  - busybox\n');
    expect(lesson).not.toContain('egress');
  });

  it('gives every action its block, where it stands', async () => {
    const { body, lost, errors } = await brew(
      'Look at `x`{{}} with `ls -l`{{exec}}.\n\n`sleep 9`{{execute T2}}\n\n`date`{{exec interrupt}}\n\n- an `item`{{copy}}\n- `pwd`{{exec}}\n\n```bash\nhost\n```{{exec HOST2}}\n\n```\ncopied\n```{{copy}}\n\n`a.py`{{open}} `b`{{frob}}\n',
    );
    expect(body).toBe(
      [
        'Look at `x` with `ls -l`.',
        fence('sh run', 'ls -l'),
        fence('sh run terminal=terminal-2', 'sleep 9'),
        fence('sh run interrupt', 'date'),
        '- an `item`',
        '- `pwd`',
        fence('sh run', 'pwd'),
        fence('sh run', 'host'),
        fence('', 'copied'),
        '`a.py` `b`',
      ].join('\n\n'),
    );
    expect(lost).toEqual(['environment.other brew.md:10', 'link.file brew.md:18', 'action.unknown brew.md:18']);
    expect(errors).toEqual([]);
  });

  it('does not interrupt where nothing runs', async () => {
    const { body, errors } = await brew('`date`{{exec interrupt}}\n');
    expect(body).toBe(fence('sh run', 'date'));
    expect(errors).toEqual([]);
  });

  it('knows addresses', async () => {
    const { body, lost } = await brew(
      'Open [the shop]({{TRAFFIC_HOST1_80}}/tea) or {{TRAFFIC_HOST1_9000}}, [ports]({{TRAFFIC_SELECTOR}}).\n\n```\ncurl {{TRAFFIC_HOST1_80}}\n```{{exec}}\n\n```\n{{TRAFFIC_HOST2_80}}\n```\n',
    );
    expect(body).toContain('Open the shop (`http://localhost:80/tea`) or `http://localhost:9000`, ports.');
    expect(body).toContain(fence('sh run', 'curl http://localhost:80'));
    expect(lost).toEqual([
      'link.local brew.md:1',
      'link.local brew.md:1',
      'link.local brew.md:1',
      'environment.other brew.md:8',
    ]);
  });

  it('keeps hints, in which Markdown would not see the blocks', async () => {
    const { body, errors } = await brew(
      '<br>\n<details><summary>Solution</summary>\n<br>\n\n<br>\n```plain\ndocker pull busybox\n```{{exec}}\n\n</details>\n',
    );
    expect(body).toBe(
      `<details><summary>Solution</summary>\n\n${fence('sh run', 'docker pull busybox')}\n\n</details>`,
    );
    expect(errors).toEqual([]);
  });

  it('turns scripts into setup, run blocks and checks, and long or foreign ones into files', async () => {
    const long = `#!/bin/bash\n${'# a comment\n'.repeat(500)}true\n`;
    const steps = [
      { title: 'One', text: 'brew.md', verify: 'long.sh', background: 'back.sh', foreground: 'front.sh' },
      { title: 'Two', text: 'intro.md', verify: 'check.py' },
    ];
    const folder = await sourceFolder({
      ...whole,
      'index.json': JSON.stringify({ title: 'Tea', details: { steps } }),
      'long.sh': long,
      'back.sh': 'docker volume create tea\n',
      'front.sh': 'echo ready\n',
      'check.py': '#!/usr/bin/env python3\nprint(1)\n',
    });
    const { text, lost, gaps, errors } = await importSource(folder);
    const lesson = await text('source/source/lesson.md');
    expect(lesson).toContain(
      `## One\n\n${fence('sh setup timeout=5m', 'docker volume create tea')}\n\n${fence('sh run', 'echo ready')}\n\nHeat it.`,
    );
    expect(lesson).toContain('run: bash .scripts/verify-1.sh\n');
    expect(lesson).toContain('run: ./.scripts/verify-2\n');
    expect(await text('source/source/files/.scripts/verify-1.sh')).toBe(long);
    expect((await stat(join(folder, 'out/source/source/files/.scripts/verify-2'))).mode & 0o111).not.toBe(0);
    expect(lost).toEqual(['script.language check.py:1', 'script.automatic front.sh:1', 'step.no-solution intro.md:1']);
    expect(gaps.map(({ code, severity, file }) => `${severity} ${code} ${file}`)).toContain(
      'note script.automatic back.sh',
    );
    expect(errors).toEqual(['step.no-way-to-pass']);
  });

  it('puts assets into the workspace, and lists those that lay elsewhere', async () => {
    const assets = {
      host01: [
        { file: '*.txt', target: '/root/cups' },
        { file: 'sub/pot.sh', target: '/opt/pot', chmod: '+x' },
        { file: 'gone', target: '/root' },
      ],
      host02: [{ file: 'a.txt', target: '~' }],
    };
    const index = JSON.stringify({
      title: 'Tea',
      details: { ...details, assets },
      backend: { imageid: 'kubernetes-kubeadm-1node' },
    });
    const folder = await sourceFolder({
      ...whole,
      'index.json': index,
      'assets/a.txt': 'a',
      'assets/b.txt': 'b',
      'assets/sub/pot.sh': 'echo',
    });
    const { lost, errors } = await importSource(folder);
    expect(await namesIn(join(folder, 'out/source/source/files'))).toEqual([
      'a.txt',
      'cups/a.txt',
      'cups/b.txt',
      'opt/pot/pot.sh',
    ]);
    expect(lost.map((each) => each.split(' ')[0])).toEqual([
      'environment.other',
      'asset.elsewhere',
      'asset.missing',
      'environment.other',
    ]);
    expect(errors).toEqual([]);
  });

  it('says which step nobody tests', async () => {
    const steps = [{ title: 'Read', text: 'intro.md' }, ...details.steps];
    const folder = await sourceFolder({
      ...whole,
      'index.json': JSON.stringify({ title: 'Tea', details: { steps } }, null, 1),
    });
    const { status, lost, errors } = await importSource(folder);
    expect({ status, lost, errors }).toEqual({
      status: 1,
      lost: ['step.unchecked intro.md:1'],
      errors: ['step.no-check'],
    });
  });

  it('of which there are several becomes a course, in the order of structure.json', async () => {
    const one = (title: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(whole).map(([path, content]) => [
          `${title}/${path}`,
          path === 'index.json' ? content.replace('"Tea"', `"${title}"`) : content,
        ]),
      );
    const folder = await sourceFolder({
      ...one('apple'),
      ...one('Berry Tea'),
      ...one('clove'),
      'broken/index.json': '{',
      'structure.json': '{"items": [{"path": "clove"}, {"path": "apple"}]}',
    });
    const { lessons, lost, errors, status } = await importSource(folder, '--course', 'teas');
    expect(lessons).toEqual(['teas/clove', 'teas/apple', 'teas/berry-tea']);
    expect(lost).toEqual(['source.unreadable broken/index.json:1']);
    expect({ errors, status }).toEqual({ errors: [], status: 1 });
  });
});
