import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('nginx', ({ it }) => {
  it('serves its welcome page on port 80, and logs to its output', async ({
    docker,
    image,
    answers,
    logs,
    config,
    until,
  }) => {
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    const { status, body } = await answers('localhost:8080/');
    expect(status).toBe(200);
    expect(body).toContain('Welcome to nginx');
    await until('a line about the request', async () => /"GET \/ HTTP\/1\.1" 200 .* "curl/.test(await logs('web')));
    expect((await answers('localhost:8080/nowhere')).status).toBe(404);
    await until('an error line', async () => /\[error\] .*nowhere/.test(await logs('web')));
    expect(config.ports).toEqual(['80/tcp']);
    expect(config.cmd).toEqual(['nginx', '-g', 'daemon off;']);
    expect(config.entrypoint).toEqual(['/docker-entrypoint.sh']);
    expect(await docker('exec', 'web', 'curl', '-s', 'localhost')).toContain('Welcome to nginx');
  });

  it('ends gracefully on SIGQUIT, with exit code 0', async ({ docker, image, answers, stop, config }) => {
    expect(config.stopSignal).toBe('SIGQUIT');
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    await answers('localhost:8080/');
    expect(await stop('web')).toEqual({ exitCode: 0, inTime: true });
  });

  it('serves a mounted folder, and one that was copied in', async ({ docker, image, answers, write, shell, fetch }) => {
    const page = await write('site/index.html', '<p>mine</p>');
    await docker(
      'run',
      '-d',
      '-p',
      '8081:80',
      '-v',
      `${page.replace('/index.html', '')}:/usr/share/nginx/html:ro`,
      image,
    );
    await write('Dockerfile', `FROM ${image}\nCOPY site /usr/share/nginx/html\n`);
    await shell('docker build -q -t mysite . && docker run -d -p 8082:80 mysite');
    for (const port of [8081, 8082]) {
      await answers(`localhost:${port}/`);
      expect((await fetch(`localhost:${port}/`)).body).toBe('<p>mine</p>');
    }
  });

  it('takes sites from conf.d, tests and reloads them', async ({
    docker,
    image,
    answers,
    until,
    fetch,
    tryDocker,
    write,
  }) => {
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    await answers('localhost:8080/');
    expect((await tryDocker('exec', 'web', 'nginx', '-t')).err).toContain('test is successful');
    const site = await write('default.conf', 'server { listen 80; location / { return 200 "other"; } }');
    await docker('cp', site, 'web:/etc/nginx/conf.d/default.conf');
    await docker('exec', 'web', 'nginx', '-s', 'reload');
    await until('the new site', async () => (await fetch('localhost:8080/')).body === 'other');
    await docker('cp', await write('broken.conf', 'server { oops }'), 'web:/etc/nginx/conf.d/broken.conf');
    const checked = await tryDocker('exec', 'web', 'nginx', '-t');
    expect(checked.code).not.toBe(0);
    expect(checked.err).toContain('broken.conf');
  });

  it('reads templates and scripts before it starts', async ({ docker, image, answers, write, logs, shell }) => {
    const template = await write(
      'templates/default.conf.template',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in by the image, but for nginx's own $host
      'server { listen ${PLACE}; location / { return 200 "$host ${GREETING} ${SET_BY_SCRIPT}"; } }',
    );
    const run = await write('05-run.sh', '#!/bin/sh\necho a script ran\n');
    const early = await write('06-early.envsh', 'export SET_BY_SCRIPT=early\n');
    await shell(`chmod +x ${run} ${early}`);
    const mounts = [
      ['-v', `${template}:/etc/nginx/templates/default.conf.template:ro`],
      ['-v', `${run}:/docker-entrypoint.d/05-run.sh:ro`],
      ['-v', `${early}:/docker-entrypoint.d/06-early.envsh:ro`],
    ].flat();
    await docker(
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '8080:8000',
      '-e',
      'PLACE=8000',
      '-e',
      'GREETING=hello',
      ...mounts,
      image,
    );
    expect((await answers('localhost:8080/')).body).toBe('localhost hello early');
    expect(await logs('web')).toContain('a script ran');
  });

  it('runs with a read-only root, and its workers as the user nginx', async ({ docker, image, answers }) => {
    await docker(...'run -d --name web -p 8080:80 --read-only --tmpfs /var/cache/nginx --tmpfs /run'.split(' '), image);
    expect((await answers('localhost:8080/')).body).toContain('Welcome to nginx');
    expect(await docker('exec', 'web', 'id', 'nginx')).toBe('uid=101(nginx) gid=101(nginx) groups=101(nginx)');
    const users = await docker('exec', 'web', 'sh', '-c', 'cat /proc/[0-9]*/status | grep ^Uid: | cut -f2 | sort -u');
    expect(users.split('\n')).toEqual(['0', '101']);
  });

  it('passes requests on to another container by its name, large ones too', async ({
    docker,
    image,
    write,
    answers,
    shell,
  }) => {
    await docker('network', 'create', 'front');
    await docker('run', '-d', '--name', 'app', '--network', 'front', image);
    const site = await write('proxy.conf', 'server { listen 80; location / { proxy_pass http://app; } }');
    await docker(
      ...'run -d --name proxy --network front -p 8080:80 -v'.split(' '),
      `${site}:/etc/nginx/conf.d/default.conf:ro`,
      image,
    );
    expect((await answers('localhost:8080/')).body).toContain('Welcome to nginx');
    // Larger than what it holds in memory. The app behind it takes no uploads, but has to get this one to say so.
    const upload = 'head -c 300000 /dev/zero | curl -s -o /dev/null -w "%{http_code}" --data-binary @- localhost:8080/';
    expect(await shell(upload)).toBe('405');
  });

  it('starts anything else at once, and says its version and modules', async ({ docker, image }) => {
    const said = await docker('run', '--rm', image, 'sh', '-c', 'echo "is $NGINX_VERSION"; nginx -V 2>&1');
    const version = /^is (1\.26\.\d+)$/m.exec(said)?.[1];
    expect(version).toBeDefined();
    expect(said).toContain(`nginx/${version}`);
    for (const module of ['http_ssl', 'http_v2', 'http_realip', 'http_stub_status', 'http_gunzip', 'http_auth_request'])
      expect(said).toContain(`--with-${module}_module`);
  });
});
