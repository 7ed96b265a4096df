import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fence } from '../lesson-fixture.ts';
import { importSource, namesIn, sourceFolder } from './source-fixture.ts';

function labspace(sections: string[], more = ''): string {
  const list = sections.map((path) => `  - title: ${path.replace(/\.md$/, '')}\n    contentPath: ${path}`).join('\n');
  return `metadata:\n  id: example/tea\ntitle: Tea in containers\ndescription: Brew it.\nsections:\n${list}\n${more}`;
}

/** One section `brew`, imported. */
async function brew(
  text: string,
  more = '',
): Promise<{ body: string; lost: string[]; errors: string[]; status: number }> {
  const folder = await sourceFolder({
    'labspace/labspace.yaml': labspace(['brew.md'], more),
    'labspace/brew.md': text,
  });
  const { text: read, lost, errors, status } = await importSource(folder);
  const lesson = await read('tea/tea/lesson.md');
  return {
    body: lesson.slice(lesson.indexOf('## brew')),
    lost: lost.filter((each) => !each.startsWith('step.unchecked')),
    errors,
    status,
  };
}

const unchecked = ['step.no-check'];

describe('a Labspace', () => {
  it('becomes one lesson with a step for each section, and what comes before the first command introduces it', async () => {
    const folder = await sourceFolder({
      'labspace/labspace.yaml': labspace(['hello.md', 'brew.md', 'drink.md']),
      'labspace/hello.md': '# Hello\n\nYou will brew tea.\n',
      'labspace/brew.md': `# brew\n\nHeat it.\n\n${fence('bash', 'docker pull busybox')}\n`,
      'labspace/drink.md': 'Drink it.\n',
      'project/pot/recipe.txt': 'water\n',
      'project/heat.sh': 'echo hot\n',
    });
    const imported = await importSource(folder);
    expect(imported).toMatchObject({
      status: 1,
      course: 'tea',
      lessons: ['tea/tea'],
      errors: ['step.no-check', 'step.no-check'],
    });
    expect(imported.lost).toEqual(['step.unchecked labspace/brew.md:1', 'step.unchecked labspace/drink.md:1']);
    const lesson = await imported.text('tea/tea/lesson.md');
    expect(lesson).toContain('images:\n  - busybox\n');
    expect(lesson).toContain(
      '### hello\n\nYou will brew tea.\n\n## brew\n\nHeat it.\n\n```sh run\ndocker pull busybox\n```\n\n## drink\n\nDrink it.\n',
    );
    expect(await imported.text('tea/course.yaml')).toContain('lessons:\n  - tea\n');
    expect(await namesIn(join(folder, 'out'))).toEqual([
      'tea/course.yaml',
      'tea/tea/files/heat.sh',
      'tea/tea/files/pot/recipe.txt',
      'tea/tea/lesson.md',
    ]);
    expect((await stat(join(folder, 'out/tea/tea/files/heat.sh'))).mode & 0o111).not.toBe(0);
  });

  it('keeps what each block does', async () => {
    const { body, lost, errors } = await brew(
      [
        fence('yaml save-as=deep/compose.yaml', 'name: tea'),
        fence('sh terminal-id=My_Logs', 'docker logs -f tea'),
        fence('console', 'docker ps'),
        fence('bash no-run-button', 'docker rm tea'),
        fence('plaintext no-copy-button', 'CONTAINER ID'),
        fence('console', '$ docker ps\nCONTAINER ID'),
        fence('mermaid', 'flowchart LR\n  a --> b'),
        fence('python title=x', 'print(1)'),
      ].join('\n\n'),
    );
    expect(body).toBe(
      `## brew\n\n${[
        fence('yaml file=deep/compose.yaml', 'name: tea'),
        fence('sh run terminal=my-logs', 'docker logs -f tea'),
        fence('sh run', 'docker ps'),
        fence('sh', 'docker rm tea'),
        fence('text', 'CONTAINER ID'),
        fence('console', '$ docker ps\nCONTAINER ID'),
        fence('mermaid', 'flowchart LR\n  a --> b'),
        fence('python', 'print(1)'),
      ].join('\n\n')}\n`,
    );
    expect(lost).toEqual([]);
    expect(errors).toEqual(unchecked);
  });

  it('takes blocks out of lists, where they could not be carried out, and goes on counting', async () => {
    const { body, errors } = await brew(
      '1. Write it:\n\n    ```text save-as=a.txt\n      indented\n    ```\n\n2. Run it:\n\n   ```bash\n   cat a.txt\n   ```\n\n   It is short.\n\n   > [!TIP]\n   > Look twice.\n\n3. Only words,\n   on two lines.\n',
    );
    expect(body).toBe(
      '## brew\n\n1. Write it:\n\n```text file=a.txt\n  indented\n```\n\n2. Run it:\n\n```sh run\ncat a.txt\n```\n\nIt is short.\n\n> [!TIP]\n> Look twice.\n\n3. Only words,\n   on two lines.\n',
    );
    expect(errors).toEqual(unchecked);
  });

  it('asks for variables once, with defaults from the description and from buttons', async () => {
    const folder = await sourceFolder({
      'labspace.yaml': labspace(['brew.md'], 'variables:\n  port: 8080\n'),
      'brew.md':
        '::variableDefinition[pot name]{prompt="Which pot?"}\n\n::variableSetButton[Green]{variables="kind=green,cups=2"}\n\nA cup of $$kind$$, $$ cups $$ of it, from {{ port }} and `$$pot name$$`. {{.Names}} $$unknown$$\n\n```bash\necho $$kind$$ $$; echo $$\n```\n',
    });
    const { text, lost, errors } = await importSource(folder);
    const lesson = await text('tea/tea/lesson.md');
    expect(lesson).toContain('variables:\n  port:\n    prompt: Value of port\n    default: "8080"\n');
    expect(lesson).toContain('  kind:\n    prompt: Value of kind\n    default: green\n');
    expect(lesson).toContain('A cup of $$kind$$, $$cups$$ of it, from $$port$$ and');
    expect(lesson).toContain('{{.Names}} unknown');
    expect(lesson).toContain('echo $$kind$$ $$; echo $$');
    expect(lesson).toContain('**Green**: `kind` is `green`, `cups` is `2`.');
    expect(lost).toEqual(['step.unchecked brew.md:1', 'variable.button brew.md:3', 'variable.unknown brew.md:5']);
    expect(errors).toEqual(unchecked);
  });

  it('lists what depends on answers, and tabs, and files outside the workspace', async () => {
    const { body, lost, errors } = await brew(
      ':::conditionalDisplay{variable="os" requiredValue="mac"}\nFor a Mac.\n:::\n\n:::conditionalDisplay{variable="os" hasNoValue}\nChoose.\n:::\n\n:::conditionalDisplay{variable="os" hasValue}\nChosen.\n:::\n\n::tabLink[The shop]{href="http://localhost:3000" title="Shop"} :tabLink[Docs]{href="https://example.org/docs" id="docs"}\n\n```text save-as=/etc/hosts\nx\n```\n\n```text save-as=../x\nx\n```\n\n::frob[words]{a="b"}\n',
    );
    expect(body).toContain('*If `os` is `mac`:*\n\nFor a Mac.');
    expect(body).not.toContain('Choose.');
    expect(body).toContain('Chosen.');
    expect(body).toContain('The shop (`http://localhost:3000`) [Docs](<https://example.org/docs>)');
    expect(lost).toEqual([
      'condition.shown labspace/brew.md:1',
      'link.local labspace/brew.md:13',
      'path.outside labspace/brew.md:15',
      'path.outside labspace/brew.md:19',
      'directive.unknown labspace/brew.md:23',
    ]);
    expect(errors).toEqual(unchecked);
  });

  it('leaves directives and HTML in code alone', async () => {
    const shown =
      '::tabLink[x]{href="http://localhost"}\n<script>alert(1)</script>\n:::conditionalDisplay{variable="a" requiredValue="b"}';
    const { body, lost } = await brew(`${fence('html', shown)}\n\nWrite \`::tabLink[x]{href="y"}\` or \`<br>\`.\n`);
    expect(body).toContain(shown);
    expect(body).toContain('Write `::tabLink[x]{href="y"}` or `<br>`.');
    expect(lost).toEqual([]);
  });

  it('takes pictures along, and lists those it cannot take', async () => {
    const folder = await sourceFolder({
      'labspace/labspace.yaml': labspace(['brew.md']),
      'labspace/brew.md':
        '![Pot](labspace/images/Pot.png) ![](/labspace/images/Pot.png) ![Far](https://example.org/a.png) ![Gone](gone.png) ![Text](brew.md)\n',
      'labspace/images/Pot.png': 'png',
    });
    const { text, lost, errors } = await importSource(folder);
    expect(await text('tea/tea/lesson.md')).toContain(
      '![Pot](media/pot.png) ![Pot](media/pot.png) *(Far)* *(Gone)* *(Text)*',
    );
    expect(await text('tea/tea/media/pot.png')).toBe('png');
    expect(lost).toEqual([
      'media.remote labspace/brew.md:1',
      'media.missing labspace/brew.md:1',
      'media.missing labspace/brew.md:1',
      'step.unchecked labspace/brew.md:1',
    ]);
    expect(errors).toEqual(unchecked);
  });

  it('writes HTML as Markdown where it can, and lists what it drops', async () => {
    const { body, lost, errors } = await brew(
      'A <b>strong</b> <kbd>Ctrl</kbd><br>key, <a href="https://example.org">here</a>, <NAME> and <https://example.org/x>.\n\n<h3>Title</h3>\n<ul>\n<li>one</li>\n</ul>\n\n<u>under</u>\n\n<script>\nalert(1)\n</script>\n\n<details open>\n<summary><b>More</b></summary>\n```bash\necho in\n```\n</details>\n\n<details>\nNo summary.\n',
    );
    expect(body).toContain(
      'A **strong** `Ctrl` key, [here](<https://example.org>), \\<NAME> and <https://example.org/x>.',
    );
    expect(body).toContain('### Title');
    expect(body).toContain('- one');
    expect(body).toContain('under');
    expect(body).not.toContain('alert');
    expect(body).toContain(
      '<details><summary>**More**</summary>\n\n```sh run\necho in\n```\n\n</details>\n\n<details><summary>Hint</summary>\n\nNo summary.\n\n</details>',
    );
    expect(lost).toEqual(['html.dropped labspace/brew.md:8', 'html.dropped labspace/brew.md:10']);
    expect(errors).toEqual(unchecked);
  });

  it('knows the call-outs of code hosts', async () => {
    const { body, errors } = await brew(
      '> [!CAUTION]\n> Hot.\n\n> [!note] At once.\n\n> Only a quotation:\n>\n> ```bash\n> echo no\n> ```\n',
    );
    expect(body).toContain(
      '> [!WARNING]\n> Hot.\n\n> [!NOTE]\n> At once.\n\n> Only a quotation:\n>\n> ```sh\n> echo no\n> ```',
    );
    expect(errors).toEqual(unchecked);
  });

  it('lists services and keys it has nothing for, at their lines', async () => {
    const { lost } = await brew('Text.\n', 'services:\n  - title: Web\n    url: http://localhost:3000\nfrob: 1\n');
    expect(lost).toEqual(['service.dropped labspace/labspace.yaml:9', 'key.unknown labspace/labspace.yaml:11']);
  });
});
