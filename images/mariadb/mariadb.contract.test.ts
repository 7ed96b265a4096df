import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { mysqlContract } from '../../server/images/contract/mysql-contract.ts';

contract('mariadb', (tests) => {
  mysqlContract(tests, {
    client: 'mariadb',
    dump: 'mariadb-dump',
    server: 'mariadbd',
    prefix: 'MARIADB',
    ports: '{"3306/tcp":{}}',
  });

  tests.it(
    'understands the variables of MySQL, and says when it is well',
    async ({ docker, image, until, tryDocker }) => {
      const health = [
        '--health-cmd',
        'healthcheck.sh --su-mysql --connect --innodb_initialized',
        '--health-interval',
        '1s',
      ];
      const variables = [
        '-e',
        'MYSQL_ROOT_PASSWORD=secret',
        '-e',
        'MYSQL_DATABASE=shop',
        '-e',
        'MYSQL_INITDB_SKIP_TZINFO=1',
      ];
      await docker('run', '-d', '--name', 'db', '--tmpfs', '/var/lib/mysql', ...health, ...variables, image);
      await until(
        'that it is well',
        async () => (await docker('inspect', '--format', '{{.State.Health.Status}}', 'db')) === 'healthy',
      );
      expect(await docker('exec', 'db', 'mariadb', '-uroot', '-psecret', '-NBe', 'show databases')).toContain('shop');
      expect((await tryDocker('exec', 'db', 'healthcheck.sh')).code).not.toBe(0);
    },
  );

  tests.itOfOurs('has the old names of its programs too', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image, 'mysql', '--version')).toContain('11.8');
    expect(await docker('run', '--rm', image, 'mysqldump', '--version')).toContain('11.8');
  });
});
