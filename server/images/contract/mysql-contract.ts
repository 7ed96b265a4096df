import { expect } from 'vitest';
import type { Contract, ContractTests } from './contract.ts';

/** In what MariaDB and MySQL differ, as far as lessons rely on it. */
interface Dialect {
  client: string;
  dump: string;
  server: string;
  /** Of the variables: `MARIADB` or `MYSQL`. */
  prefix: string;
  ports: string;
}

/** Milliseconds: MySQL makes its system tables on a machine that may do other things, too. */
const startsWithin = 75_000;

/** What holds for both of the databases that speak MySQL's language. */
export function mysqlContract({ it }: ContractTests, dialect: Dialect): void {
  const { client, dump, prefix, server } = dialect;
  const password = ['-e', `${prefix}_ROOT_PASSWORD=secret`, '-e', `${prefix}_INITDB_SKIP_TZINFO=yes`];

  /** Starts one called `db` and waits until its port is open, which it is not before it is filled. */
  async function start(lab: Contract, options: string[] = password, words: string[] = []): Promise<void> {
    // In memory, unless it is about what stays: a test machine's disk need not be waited for.
    const data = options.includes('-v') ? [] : ['--tmpfs', '/var/lib/mysql'];
    await lab.docker('run', '-d', '--name', 'db', ...data, ...options, lab.image, ...words);
    await ready(lab);
  }

  async function ready({ tryDocker, until }: Contract): Promise<void> {
    await until(
      'the database on its port',
      async () => {
        const { err } = await tryDocker('exec', 'db', client, '-h127.0.0.1', '-unobody', '-pwrong', '-e', 'select 1');
        return err.includes('Access denied');
      },
      startsWithin,
    );
  }

  /** What a statement gives, without headings. */
  async function ask({ docker }: Contract, sql: string, ...options: string[]): Promise<string> {
    return docker('exec', '-e', 'MYSQL_PWD=secret', 'db', client, '-uroot', '-N', '-B', ...options, '-e', sql);
  }

  it('refuses to start without a password, and says so', async ({ tryDocker, image }) => {
    const { code, out, err } = await tryDocker('run', '--rm', image);
    expect(code).not.toBe(0);
    expect(out + err).toMatch(new RegExp(`${prefix}_ROOT_PASSWORD`));
    expect(out + err).toMatch(/RANDOM_ROOT_PASSWORD/);
  });

  it('makes database and user, and other containers reach it with the password', async (lab) => {
    const { docker, tryDocker, image, inspect } = lab;
    await docker('network', 'create', 'back');
    const variables = [`${prefix}_DATABASE=my_shop`, `${prefix}_USER=ann`, `${prefix}_PASSWORD=it's \\ "ann"`];
    await start(lab, ['--network', 'back', ...password, ...variables.flatMap((each) => ['-e', each])]);
    const from = ['run', '--rm', '--network', 'back'];
    const query = [client, '-hdb', '-uann', '-N', '-B', 'my_shop', '-e', 'select user(), database()'];
    expect(await docker(...from, '-e', `MYSQL_PWD=it's \\ "ann"`, image, ...query)).toMatch(/^ann@\S+\s+my_shop$/);
    expect((await tryDocker(...from, '-e', 'MYSQL_PWD=wrong', image, ...query)).err).toContain('Access denied');
    expect(await docker('exec', '-e', 'MYSQL_PWD=secret', 'db', dump, '-uroot', 'my_shop')).toContain('my_shop');
    // Root too, from anywhere; and nobody without a password, by whichever way.
    const root = [client, '-hdb', '-uroot', '-N', '-B', '-e', 'select 1'];
    expect(await docker(...from, '-e', 'MYSQL_PWD=secret', image, ...root)).toBe('1');
    for (const way of [['-hlocalhost'], ['-h127.0.0.1'], ['-h::1']]) {
      const attempt = await tryDocker('exec', 'db', client, '-uroot', ...way, '-e', 'select 1');
      expect(attempt.err).toContain('Access denied');
    }
    expect(await inspect(image, 'json .Config.ExposedPorts')).toBe(dialect.ports);
    expect(await inspect(image, 'json .Config.Cmd')).toBe(`["${server}"]`);
  });

  it('keeps its data over a stop and in a volume, which ends it cleanly', async (lab) => {
    const { docker, stop, inspect, image } = lab;
    expect(await inspect(image, 'json .Config.Volumes')).toBe('{"/var/lib/mysql":{}}');
    await start(lab, [...password, '-v', 'store:/var/lib/mysql']);
    await ask(lab, "create database shop; create table shop.word (text text); insert into shop.word values ('ship')");
    expect(await stop('db')).toEqual({ exitCode: 0, inTime: true });
    await docker('rm', 'db');
    // There is a database already, so no password is needed to start it.
    await start(lab, ['-v', 'store:/var/lib/mysql']);
    expect(await ask(lab, 'select text from shop.word')).toBe('ship');
  });

  it('runs what lies in /docker-entrypoint-initdb.d, in order, and only the first time', async (lab) => {
    const { docker, write, shell } = lab;
    await write('init/1.sql', 'create table trace (step text);');
    await write(
      'init/2.sh',
      `${client} -uroot -p"$${prefix}_ROOT_PASSWORD" shop -e "insert into trace values ('shell')"`,
    );
    await write('init/3.sql', "insert into trace values ('archive');");
    await write('init/notes.txt', 'no script');
    await shell('gzip init/3.sql');
    const init = ['-v', '/root/contract/init:/docker-entrypoint-initdb.d'];
    await start(lab, [...password, '-e', `${prefix}_DATABASE=shop`, ...init]);
    expect(await ask(lab, 'select step from shop.trace')).toBe('shell\narchive');
    await docker('restart', 'db');
    await ready(lab);
    expect(await ask(lab, 'select count(*) from shop.trace')).toBe('2');
  });

  it('ends with what a script did wrong', async ({ docker, inspect, until, logs, image, write }) => {
    await write('init/1.sql', 'select nonsense;');
    const init = ['-v', '/root/contract/init:/docker-entrypoint-initdb.d', '--tmpfs', '/var/lib/mysql'];
    await docker('run', '-d', '--name', 'db', ...password, ...init, image);
    await until('the end', async () => (await inspect('db', '.State.Running')) === 'false');
    expect(await inspect('db', '.State.ExitCode')).not.toBe('0');
    expect(await logs('db')).toMatch(/Unknown column 'nonsense'/);
  });

  it('reads its settings from files too, as secrets are given', async (lab) => {
    const { image, tryDocker, write } = lab;
    const secret = ['-v', `${await write('password', 'secret')}:/run/secrets/db:ro`];
    const variables = ['-e', `${prefix}_ROOT_PASSWORD_FILE=/run/secrets/db`];
    const both = await tryDocker('run', '--rm', ...secret, ...variables, ...password, image);
    expect(both.code).not.toBe(0);
    expect(both.out + both.err).toContain(`${prefix}_ROOT_PASSWORD_FILE`);
    await start(lab, [...secret, ...variables]);
    expect(await ask(lab, 'select 1')).toBe('1');
    // It loads the names of time zones, unless it is told not to.
    expect(await ask(lab, "select convert_tz('2026-07-01 12:00', 'UTC', 'Europe/Berlin')")).toContain('14:00');
  });

  it('makes a password of its own, which its log says', async (lab) => {
    await start(lab, ['-e', `${prefix}_RANDOM_ROOT_PASSWORD=yes`, '-e', `${prefix}_INITDB_SKIP_TZINFO=yes`]);
    const made = /GENERATED ROOT PASSWORD: (\S+)/.exec(await lab.logs('db'))?.[1] ?? '';
    expect(made).not.toBe('');
    expect(await lab.docker('exec', '-e', `MYSQL_PWD=${made}`, 'db', client, '-uroot', '-NBe', 'select 1')).toBe('1');
  });

  it('runs as the user mysql, 999, and takes options and configuration files', async (lab) => {
    const file = await lab.write('my.cnf', '[mysqld]\nmax_connections = 17\n');
    const mounted = ['--mount', `type=bind,src=${file},dst=/etc/mysql/conf.d/my.cnf`];
    await start(lab, [...password, ...mounted], ['--character-set-server=latin1']);
    const user = await lab.docker(
      'exec',
      'db',
      'sh',
      '-c',
      'grep ^Uid: /proc/1/status | cut -f2; stat -c %U /var/lib/mysql',
    );
    expect(user).toBe('999\nmysql');
    expect(await ask(lab, 'select @@max_connections, @@character_set_server')).toMatch(/^17\s+latin1$/);
  });
}
