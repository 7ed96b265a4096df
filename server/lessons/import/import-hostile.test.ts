import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileLimits } from '../library/bounded-files.ts';
import { importSource, lessons, namesIn, sourceFolder } from './source-fixture.ts';

const secret = 'the secret of this machine';
const yaml = (path: string): string =>
  `title: Tea\nsections:\n  - title: Brew\n    contentPath: good.md\n  - title: Steal\n    contentPath: ${path}\n`;

/** Everything that was written, as one text. */
async function written(folder: string, text: (path: string) => Promise<string>): Promise<string> {
  const names = await namesIn(join(folder, 'out'));
  return (await Promise.all(names.map((name) => text(name)))).join('\n');
}

describe('a hostile source', () => {
  it.each(['../secret.md', '/../secret.md', 'deep/../../secret.md', 'link.md', 'linked/secret.md'])(
    'cannot name a text outside of it: %s',
    async (path) => {
      const folder = await sourceFolder({ 'labspace.yaml': yaml(path), 'good.md': '```bash\ntrue\n```\n' });
      await writeFile(join(folder, 'secret.md'), secret);
      await mkdir(join(folder, 'elsewhere'));
      await writeFile(join(folder, 'elsewhere/secret.md'), secret);
      await symlink(join(folder, 'secret.md'), join(folder, 'source/link.md'));
      await symlink(join(folder, 'elsewhere'), join(folder, 'source/linked'));
      const { text, lost } = await importSource(folder);
      expect(lost).toContain('source.unreadable labspace.yaml:6');
      expect(await written(folder, text)).not.toContain(secret);
    },
  );

  it('cannot hand over files, pictures and scripts from outside', async () => {
    const details = {
      steps: [{ title: 'Brew', text: 'good.md', verify: '../secret.sh', background: 'link.sh' }],
      assets: {
        host01: [
          { file: '../../secret.sh', target: '/root' },
          { file: 'link.sh', target: '../../../..' },
          { file: 'a.txt', target: '/root/../../../tmp/../x' },
        ],
      },
    };
    const folder = await sourceFolder({
      'index.json': JSON.stringify({ title: 'Tea', details }),
      'good.md': '![p](../secret.png) ![q](link.png)\n',
      'assets/a.txt': 'a',
    });
    for (const name of ['secret.sh', 'secret.png']) await writeFile(join(folder, name), secret);
    await symlink(join(folder, 'secret.sh'), join(folder, 'source/link.sh'));
    await symlink(join(folder, 'secret.png'), join(folder, 'source/link.png'));
    await symlink(join(folder, 'secret.sh'), join(folder, 'source/assets/link.sh'));
    const before = await namesIn(folder);
    const { text, lost } = await importSource(folder);
    expect(await written(folder, text)).not.toContain(secret);
    expect(lost.filter((each) => each.startsWith('source.unreadable'))).toHaveLength(2);
    expect(lost.filter((each) => each.startsWith('media.missing'))).toHaveLength(2);
    expect(lost.filter((each) => each.startsWith('asset.missing'))).toHaveLength(2);
    const added = (await namesIn(folder)).filter((name) => !before.includes(name));
    expect(added.filter((name) => !name.startsWith('out/source/'))).toEqual([]);
  });

  it('cannot make a lesson of any size by naming one file many times', async () => {
    const targets = Array.from({ length: 60 }, (_, index) => ({ file: 'a.bin', target: `/root/${index}` }));
    // The last is put where one lies already, which needs no more room.
    const host01 = [...targets, { file: 'a.bin', target: '/root/0' }];
    const folder = await sourceFolder({
      'index.json': JSON.stringify({ title: 'Tea', details: { steps: [{ text: 'good.md' }], assets: { host01 } } }),
      'good.md': 'Words.\n',
      'assets/a.bin': 'x'.repeat(fileLimits.file),
    });
    const { gaps } = await importSource(folder);
    const most = fileLimits.total / fileLimits.file;
    expect((await namesIn(folder)).filter((name) => name.endsWith('/a.bin') && name.startsWith('out/'))).toHaveLength(
      most,
    );
    const refused = gaps.filter(({ code }) => code === 'asset.missing').map(({ message }) => message);
    expect(refused).toHaveLength(60 - most);
    expect(refused[0]).toContain('all files together are larger than 32 MB');
  });

  it('cannot hand over a project folder that is a link', async () => {
    const folder = await sourceFolder({ 'labspace.yaml': yaml('good.md'), 'good.md': 'x\n' });
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere/secret'), secret);
    await symlink(join(folder, 'elsewhere'), join(folder, 'source/project'));
    const { text } = await importSource(folder);
    expect(await written(folder, text)).not.toContain(secret);
  });

  it.each([
    ['labspace.yaml', 'title: [\n', 'labspace.yaml:'],
    ['labspace.yaml', 'title: x\n\tsections: 1\n', 'labspace.yaml:2:1 A tab'],
    ['labspace.yaml', 'title: x\n', 'labspace.yaml:1:1'],
    [
      'labspace.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      'labspace.yaml:',
    ],
    ['labspace.yaml', `title: ${'x'.repeat(300_000)}\n`, 'labspace.yaml cannot be imported: it is too large'],
    ['labspace.yaml', 'title: x\nsections:\n  - title: y\n    contentPath: gone.md\n', 'labspace.yaml:4'],
    ['index.json', '{"title": "x",\n "details": }', 'index.json:2'],
    ['index.json', '{"title": "x",\n "details": {"steps": 5}}', 'index.json:2'],
    ['index.json', '[]', 'index.json:1'],
    ['index.json', '{"title": "x", "details": {}}', 'nothing to do'],
    ['README.md', 'x', 'neither a Labspace nor a Killercoda scenario'],
  ])('that is broken is refused in words, and nothing is written: %s %#', async (name, content, words) => {
    const folder = await sourceFolder({ [name]: content });
    const { status, err } = await lessons(folder, 'import', 'source', 'out');
    expect(status).toBe(2);
    expect(err).toContain(words);
    expect(await namesIn(join(folder, 'out'))).toEqual([]);
  });

  it('with texts that are no texts is imported without them', async () => {
    const folder = await sourceFolder({
      'labspace.yaml': yaml('large.md'),
      'good.md': `${'> '.repeat(500)}deep\n`,
      'large.md': 'x'.repeat(300_000),
    });
    const { lost, errors } = await importSource(folder);
    expect(lost).toContain('source.unreadable good.md:1');
    expect(lost).toContain('source.unreadable labspace.yaml:6');
    expect(errors).toEqual(['step.no-check']);
  });

  it.each([
    '<a<a<a<a'.repeat(20_000),
    '`'.repeat(10_000),
    '[![['.repeat(20_000),
    '<details>\n'.repeat(2_000),
    '```bash\n'.repeat(999),
    '\u202eecho\u0007 $$x$$ \ufeff{{{{{{',
    '<details><summary>\n\n</summary><summary>b</summary></details></details>',
    '---\ntitle: x\n---\n\n# a\n\n# a\n\n## {#}\n\nText {#b}\n===\n',
    '| a |\n| - |\n| <details><summary>x</summary>y</details> |\n',
    '- [ ] <b>x\n  - ```bash\n    y\n',
    '[a]: javascript:alert(1)\n[b][a] [c](javascript:alert(1)) [d](#nowhere) [e](other.md) <javascript:alert(1)>\n',
    '```bash save-as=a.txt terminal-id=a no-run-button save-as=b\nx\n```\n\n```check\n```\n\n```yaml check\ntitle: x\n```\n',
    '::variableDefinition[<b>]{prompt=""}\n\n::variableDefinition[__proto__]{prompt="x"} $$__proto__$$ $$constructor$$\n',
  ])('gives a lesson that lints, save for what is listed: %#', async (text) => {
    const folder = await sourceFolder({
      'labspace.yaml': yaml('bad.md'),
      'good.md': '```bash\ntrue\n```\n',
      'bad.md': text,
    });
    const { errors, lost } = await importSource(folder);
    expect(lost.filter((each) => each.startsWith('result.problem'))).toEqual([]);
    expect(errors.every((code) => code === 'step.no-check')).toBe(true);
  });
});

describe('npm run lessons -- import', () => {
  const good = { 'labspace.yaml': 'title: Tea\nsections:\n  - title: Brew\n    contentPath: a.md\n', 'a.md': 'x\n' };

  it('writes over nothing', async () => {
    const folder = await sourceFolder(good);
    await mkdir(join(folder, 'out/source'), { recursive: true });
    await writeFile(join(folder, 'out/source/mine.txt'), 'mine');
    const { status, err } = await lessons(folder, 'import', 'source', 'out');
    expect({ status, names: await namesIn(join(folder, 'out')) }).toEqual({ status: 2, names: ['source/mine.txt'] });
    expect(err).toContain('There is a folder source already. Choose another name with --course');
  });

  it('does not write through a link that has the name of the course', async () => {
    const folder = await sourceFolder(good);
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(join(folder, 'out'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'out/source'));
    expect((await lessons(folder, 'import', 'source', 'out')).status).toBe(2);
    expect(await namesIn(join(folder, 'elsewhere'))).toEqual([]);
  });

  it.each([
    [[], 'takes two folders'],
    [['source'], 'takes two folders'],
    [['source', 'out', 'more'], 'takes two folders'],
    [['source', 'out', '--course', '../up'], '--course ../up'],
    [['source', 'out', '--cours=x'], 'Did you mean `--course`?'],
    [['gone', 'out'], 'There is no folder'],
  ])('is asked wrongly with %j', async (argv, words) => {
    const folder = await sourceFolder(good);
    const { status, err } = await lessons(folder, 'import', ...argv);
    expect(status).toBe(2);
    expect(err).toContain(words);
  });

  it('tells people what is left to do', async () => {
    const folder = await sourceFolder(good);
    const { status, out } = await lessons(folder, 'import', 'source', 'out', '--course', 'tea');
    expect(status).toBe(1);
    expect(out).toContain('a.md:1 step.unchecked\n    Nothing in the source tells when “Brew” is done.');
    expect(out).toContain(
      'The Labspace is the course out/tea now: 1 lesson, 1 step, 2 files.\n1 thing could not be translated.\nNext: npm run lessons -- lint out/tea\n',
    );
  });
});
