import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { buildExample } from '../../server/images/contract/example.ts';

contract('python', ({ it }) => {
  it('runs Python under its names', async ({ docker, image, inspect }) => {
    for (const name of ['python', 'python3', 'python3.13']) {
      expect(await docker('run', '--rm', image, name, '-c', 'import sys; print(sys.version_info[:2])')).toBe('(3, 13)');
    }
    const where =
      'for name in python python3 pip pip3; do command -v $name; done; test "Python $PYTHON_VERSION" = "$(python --version)"; echo $?';
    expect(await docker('run', '--rm', image, 'sh', '-c', where)).toBe(
      '/usr/local/bin/python\n/usr/local/bin/python3\n/usr/local/bin/pip\n/usr/local/bin/pip3\n0',
    );
    expect(await inspect(image, 'json .Config.Cmd')).toBe('["python3"]');
  });

  it('builds and runs a project with `pip install`, with no internet', async (lab) => {
    const { docker, answers } = lab;
    expect(await buildExample(lab, 'python')).toMatch(/Successfully installed .*flask-3/);
    await docker('run', '-d', '--name', 'web', '-p', '8000:8000', 'example');
    expect((await answers('localhost:8000/hello/you')).body).toBe('Hello you from Python\n');
    expect(await lab.stop('web')).toEqual({ exitCode: 0, inTime: true });
  });

  it('installs what is on its shelf, and pip is content with it', async ({ docker, image }) => {
    const script =
      'pip install -q --root-user-action ignore requests redis flask gunicorn && pip check && python -c "import requests, redis, flask; print(flask.Flask(__name__))"';
    expect(await docker('run', '--rm', image, 'sh', '-c', script)).toContain('No broken requirements found.');
  });

  it('makes virtual environments, which outlive their stage', async ({ docker, image, shell, write }) => {
    const stages = `FROM ${image} AS build\nRUN python -m venv /venv && /venv/bin/pip install flask\nFROM ${image}\nCOPY --from=build /venv /venv\nENV PATH=/venv/bin:$PATH\n`;
    await write('venv/Dockerfile', stages);
    await shell('docker build -q -t venv venv');
    expect(await docker('run', '--rm', 'venv', 'python', '-c', 'import flask; print(flask.__file__)')).toContain(
      '/venv/',
    );
  });

  it('finds what an earlier stage installed with a prefix, or in site-packages', async ({
    docker,
    image,
    shell,
    write,
  }) => {
    const site = '/usr/local/lib/python3.13/site-packages';
    for (const [name, copied] of [
      ['prefix', '/install /usr/local'],
      ['site', `${site} ${site}`],
    ]) {
      const install = `pip install --no-cache-dir ${name === 'prefix' ? '--prefix=/install ' : ''}flask`;
      const stages = `FROM ${image} AS build\nRUN ${install}\nFROM ${image}\nCOPY --from=build ${copied}\n`;
      await write(`${name}/Dockerfile`, stages);
      await shell(`docker build -q -t ${name} ${name}`);
      expect(await docker('run', '--rm', name ?? '', 'python', '-c', 'import flask; print(flask.__file__)')).toMatch(
        /^\/usr\/local\/lib\/python3\.13\/(site|dist)-packages\/flask\//,
      );
    }
    expect(await docker('run', '--rm', 'prefix', 'flask', '--version')).toContain('Flask 3');
  });

  it('speaks to PostgreSQL with the driver on its shelf', async ({ docker, image }) => {
    const script = 'pip install -q --root-user-action ignore pg8000 && pip check && python -c "import pg8000.native"';
    expect(await docker('run', '--rm', image, 'sh', '-c', script)).toContain('No broken requirements found.');
  });

  it('installs for a user who is not root', async ({ docker, image }) => {
    const script = 'export HOME=/tmp; pip install -q --user flask && ~/.local/bin/flask --version';
    expect(await docker('run', '--rm', '--user', '1234', image, 'sh', '-c', script)).toContain('Flask 3');
  });

  it('says at once what is not there', async ({ tryDocker, image }) => {
    const { code, err } = await tryDocker('run', '--rm', image, 'pip', 'install', 'numpy');
    expect(code).not.toBe(0);
    expect(err).toContain('No matching distribution found for numpy');
  });
});
