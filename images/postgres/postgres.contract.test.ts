import { expect } from 'vitest';
import type { Contract } from '../../server/images/contract/contract.ts';
import { contract } from '../../server/images/contract/contract.ts';

const password = ['-e', 'POSTGRES_PASSWORD=secret'];

/** Starts one called `db` and waits until it answers from outside, which the server that fills it does not. */
async function start(lab: Contract, options: string[] = password, words: string[] = []): Promise<void> {
  // In memory, unless it is about what stays: a test machine's disk need not be waited for.
  const data = options.includes('-v') ? [] : ['--tmpfs', '/var/lib/postgresql/data'];
  await lab.docker('run', '-d', '--name', 'db', ...data, ...options, lab.image, ...words);
  await ready(lab);
}

async function ready({ docker, until }: Contract): Promise<void> {
  await until('PostgreSQL on its port', async () => docker('exec', 'db', 'pg_isready', '-h', '127.0.0.1', '-U', 'x'));
}

/** What a statement gives, without headings. */
async function ask({ docker }: Contract, sql: string, ...options: string[]): Promise<string> {
  return docker('exec', 'db', 'psql', '-U', 'postgres', '-tA', ...options, '-c', sql);
}

contract('postgres', ({ it, itOfOurs }) => {
  it('refuses to start without a password, and says so', async ({ tryDocker, image }) => {
    const { code, out, err } = await tryDocker('run', '--rm', image);
    expect(code).not.toBe(0);
    expect(out + err).toContain('POSTGRES_PASSWORD');
    expect(out + err).toContain('POSTGRES_HOST_AUTH_METHOD=trust');
  });

  it('makes user and database, and other containers reach it with the password', async (lab) => {
    const { docker, tryDocker, image, inspect } = lab;
    await docker('network', 'create', 'back');
    await start(lab, [
      ...['--network', 'back', '-e', 'POSTGRES_USER=ann', '-e', 'POSTGRES_DB=shop', '-e', "POSTGRES_PASSWORD=it's"],
    ]);
    const from = ['run', '--rm', '--network', 'back'];
    const query = ['psql', '-h', 'db', '-U', 'ann', '-d', 'shop', '-tAc', 'select current_user, current_database()'];
    expect(await docker(...from, '-e', "PGPASSWORD=it's", image, ...query)).toBe('ann|shop');
    expect((await tryDocker(...from, '-e', 'PGPASSWORD=wrong', image, ...query)).err).toContain(
      'password authentication failed',
    );
    expect(await inspect(image, 'json .Config.ExposedPorts')).toBe('{"5432/tcp":{}}');
    expect(await inspect(image, 'json .Config.Cmd')).toBe('["postgres"]');
    expect(
      await docker('exec', 'db', 'psql', '-U', 'ann', 'shop', '-tAc', 'select datcollate from pg_database limit 1'),
    ).toBe('en_US.utf8');
  });

  it('keeps its data over a stop and in a volume, which ends it cleanly', async (lab) => {
    const { docker, stop, inspect, image, logs } = lab;
    expect(await inspect(image, 'json .Config.Volumes')).toBe('{"/var/lib/postgresql/data":{}}');
    await start(lab, [...password, '-v', 'store:/var/lib/postgresql/data']);
    await ask(lab, 'create table word (text text)');
    await ask(lab, "insert into word values ('ship')");
    expect(await stop('db')).toEqual({ exitCode: 0, inTime: true });
    expect(await logs('db')).toContain('received fast shutdown request');
    await docker('rm', 'db');
    // There is a database already, so no password is needed to start it.
    await start(lab, ['-v', 'store:/var/lib/postgresql/data']);
    expect(await ask(lab, 'select text from word')).toBe('ship');
  });

  it('runs what lies in /docker-entrypoint-initdb.d, in order, and only the first time', async (lab) => {
    await lab.write('init/1.sql', 'create table trace (step text);');
    await lab.write(
      'init/2.sh',
      'psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "insert into trace values (\'shell\')"',
    );
    await lab.write('init/3.sql', "insert into trace values ('archive');");
    await lab.write('init/notes.txt', 'no script');
    await lab.shell('gzip init/3.sql');
    await start(lab, [...password, '-e', 'POSTGRES_DB=shop', '-v', '/root/contract/init:/docker-entrypoint-initdb.d']);
    expect(await ask(lab, 'select step from trace', '-d', 'shop')).toBe('shell\narchive');
    await lab.docker('restart', 'db');
    await ready(lab);
    expect(await ask(lab, 'select count(*) from trace', '-d', 'shop')).toBe('2');
  });

  it('ends with what a script did wrong', async ({ docker, inspect, until, logs, image, write }) => {
    await write('init/1.sql', 'select nonsense;');
    await docker(
      'run',
      '-d',
      '--name',
      'db',
      ...password,
      '-v',
      '/root/contract/init:/docker-entrypoint-initdb.d',
      image,
    );
    await until('the end', async () => (await inspect('db', '.State.Running')) === 'false');
    expect(await inspect('db', '.State.ExitCode')).not.toBe('0');
    expect(await logs('db')).toContain('column "nonsense" does not exist');
  });

  it('reads its settings from files too, as secrets are given', async (lab) => {
    const { docker, image, tryDocker, write } = lab;
    const secret = ['-v', `${await write('password', 'from a file')}:/run/secrets/db:ro`];
    const variables = ['-e', 'POSTGRES_PASSWORD_FILE=/run/secrets/db'];
    await docker('network', 'create', 'back');
    await start(lab, ['--network', 'back', ...secret, ...variables]);
    const query = ['psql', '-h', 'db', '-U', 'postgres', '-tAc', 'select 1'];
    expect(await docker('run', '--rm', '--network', 'back', '-e', 'PGPASSWORD=from a file', image, ...query)).toBe('1');
    const both = await tryDocker('run', '--rm', ...secret, ...variables, ...password, image);
    expect(both.code).not.toBe(0);
    expect(both.out + both.err).toContain('POSTGRES_PASSWORD_FILE');
  });

  it('runs as the user postgres, 999, and as another with `--user`', async (lab) => {
    await start(lab);
    const { docker, image } = lab;
    expect(await docker('exec', 'db', 'sh', '-c', 'grep ^Uid: /proc/1/status | cut -f2; stat -c %U $PGDATA')).toBe(
      '999\npostgres',
    );
    await docker('rm', '-f', 'db');
    const other = ['--user', '1234:1234', '--tmpfs', '/data:uid=1234,gid=1234', '-e', 'PGDATA=/data/db', ...password];
    await docker('run', '-d', '--name', 'db', ...other, image);
    await ready(lab);
  });

  it('takes options, with and without the program in front', async (lab) => {
    await start(lab, ['-e', 'POSTGRES_HOST_AUTH_METHOD=trust'], ['-c', 'work_mem=6MB']);
    expect(await ask(lab, 'show work_mem')).toBe('6MB');
    await lab.docker('rm', '-f', 'db');
    await start(lab, password, ['postgres', '-c', 'max_connections=20']);
    expect(await ask(lab, 'show max_connections')).toBe('20');
  });

  it('has its tools, its extensions, and time zones', async (lab) => {
    await start(lab);
    expect(await lab.docker('exec', 'db', 'pg_dump', '-U', 'postgres', 'postgres')).toContain(
      'PostgreSQL database dump',
    );
    expect(await lab.docker('run', '--rm', lab.image, 'psql', '--version')).toMatch(/^psql \(PostgreSQL\) 17\./);
    await ask(
      lab,
      'create extension pgcrypto; create extension "uuid-ossp"; create extension pg_trgm; create extension hstore',
    );
    expect(await ask(lab, "select timestamptz '2026-07-01 12:00 UTC' at time zone 'Europe/Berlin'")).toContain('14:00');
    expect(await lab.inspect(lab.image, 'json .Config.Env')).toContain('PG_MAJOR=17');
  });

  itOfOurs('says in its words what it does', async (lab) => {
    await start(lab);
    expect(await lab.logs('db')).toContain('postgres: the database is made; the server starts.');
  });
});
