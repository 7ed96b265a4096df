import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('httpd', ({ it }) => {
  it('serves its page on port 80, and logs to its output', async ({ docker, image, answers, logs, until, config }) => {
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    const { status, body } = await answers('localhost:8080/');
    expect(status).toBe(200);
    expect(body).toContain('It works');
    await until('a line about the request', async () => (await logs('web')).includes('"GET / HTTP/1.1" 200'));
    expect(config.ports).toEqual(['80/tcp']);
    expect(config.cmd).toEqual(['httpd-foreground']);
    expect(config.workingDir).toBe('/usr/local/apache2');
  });

  it('ends gracefully on SIGWINCH, and starts again', async ({ docker, image, answers, stop, config }) => {
    expect(config.stopSignal).toBe('SIGWINCH');
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    await answers('localhost:8080/');
    expect(await stop('web')).toEqual({ exitCode: 0, inTime: true });
    await docker('start', 'web');
    await answers('localhost:8080/');
    await docker('kill', 'web');
    await docker('start', 'web');
    await answers('localhost:8080/');
  });

  it('serves a mounted folder, and one that was copied in', async ({ docker, image, answers, write, shell, fetch }) => {
    const page = await write('site/index.html', '<p>mine</p>');
    await docker(
      'run',
      '-d',
      '-p',
      '8081:80',
      '-v',
      `${page.replace('/index.html', '')}:/usr/local/apache2/htdocs:ro`,
      image,
    );
    await write('Dockerfile', `FROM ${image}\nCOPY site /usr/local/apache2/htdocs\n`);
    await shell('docker build -q -t mysite . && docker run -d -p 8082:80 mysite');
    for (const port of [8081, 8082]) {
      await answers(`localhost:${port}/`);
      expect((await fetch(`localhost:${port}/`)).body).toBe('<p>mine</p>');
    }
  });

  it('takes its configuration from conf/httpd.conf, which can be taken out, changed and put back', async ({
    docker,
    image,
    answers,
    shell,
    write,
    tryDocker,
  }) => {
    await shell(`docker run --rm ${image} cat /usr/local/apache2/conf/httpd.conf > my.conf
      sed -i 's/^Listen 80$/Listen 8000/; s/^#LoadModule rewrite_module/LoadModule rewrite_module/' my.conf
      printf 'RewriteEngine on\\nRewriteRule ^/old$ /index.html\\n' >> my.conf`);
    await write('Dockerfile', `FROM ${image}\nCOPY my.conf /usr/local/apache2/conf/httpd.conf\n`);
    await shell('docker build -q -t mysite . && docker run -d --name web -p 8080:8000 mysite');
    expect((await answers('localhost:8080/old')).body).toContain('It works');
    expect((await tryDocker('exec', 'web', 'httpd', '-t')).err).toContain('Syntax OK');
    expect(await docker('exec', 'web', 'httpd', '-v')).toMatch(/Apache\/2\.4\.\d+/);
  });

  it('takes a configuration that loads what is compiled in, as the official one does', async ({
    docker,
    image,
    answers,
    shell,
    write,
  }) => {
    await shell(`docker run --rm ${image} cat /usr/local/apache2/conf/httpd.conf > my.conf
      for each in log_config unixd version; do
        grep -q "^LoadModule $each" my.conf || sed -i "1iLoadModule \${each}_module modules/mod_$each.so" my.conf
      done`);
    const conf = await write('more.conf', '');
    await shell('cat my.conf > more.conf');
    const mounted = ['-v', `${conf}:/usr/local/apache2/conf/httpd.conf:ro`];
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', ...mounted, image);
    expect((await answers('localhost:8080/')).body).toContain('It works');
    await docker('exec', 'web', 'httpd', '-k', 'graceful');
    expect((await answers('localhost:8080/')).body).toContain('It works');
  });

  it('makes passwords with htpasswd, as people do for a registry', async ({ docker, image }) => {
    expect(await docker('run', '--rm', '--entrypoint', 'htpasswd', image, '-Bbn', 'ada', 'secret')).toMatch(
      /^ada:\$2y\$/,
    );
  });

  it('runs its workers as www-data', async ({ docker, image, answers }) => {
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    await answers('localhost:8080/');
    const users = await docker('exec', 'web', 'sh', '-c', 'cat /proc/[0-9]*/status | grep ^Uid: | cut -f2 | sort -u');
    expect(users.split('\n')).toEqual(['0', '33']);
  });

  it('lists a folder without an index, and hides .ht files', async ({ docker, image, answers, fetch }) => {
    await docker('run', '-d', '--name', 'web', '-p', '8080:80', image);
    await answers('localhost:8080/');
    await docker(
      'exec',
      'web',
      'sh',
      '-c',
      'mkdir htdocs/files; echo a > htdocs/files/a.txt; echo b > htdocs/files/.htaccess',
    );
    expect((await fetch('localhost:8080/files/')).body).toContain('a.txt');
    expect((await fetch('localhost:8080/files/.htaccess')).status).toBe(403);
  });
});
