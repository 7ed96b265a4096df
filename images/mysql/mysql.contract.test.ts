import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { mysqlContract } from '../../server/images/contract/mysql-contract.ts';

contract('mysql', (tests) => {
  mysqlContract(tests, {
    client: 'mysql',
    dump: 'mysqldump',
    server: 'mysqld',
    prefix: 'MYSQL',
    ports: '{"3306/tcp":{},"33060/tcp":{}}',
  });

  tests.it('is MySQL', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image, 'mysqld', '--version')).toMatch(/Ver 9\.7\./);
    expect(await docker('run', '--rm', image, 'mysql', '--version')).toMatch(/Ver 9\.7\./);
  });

  tests.itOfOurs('leaves Debian as it is beside it', async ({ docker, image }) => {
    // Only its own programs use the newer C library.
    expect(await docker('run', '--rm', image, 'sh', '-c', 'ldd --version | head -n 1')).toContain('2.41');
  });
});
