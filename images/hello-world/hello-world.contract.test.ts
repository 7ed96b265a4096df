import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('hello-world', ({ it, itOfOurs }) => {
  it('explains itself, and ends well', async ({ docker, image, config, inspect }) => {
    const said = await docker('run', '--name', 'hello', image);
    expect(said).toMatch(/^Hello from Docker/);
    expect(said).toMatch(/daemon/);
    expect(said).toMatch(/docker run -it \w+ bash/);
    expect(await inspect('hello', '.State.ExitCode')).toBe('0');
    expect(config.cmd).toEqual(['/hello']);
  });

  it('has no shell', async ({ tryDocker, image }) => {
    expect((await tryDocker('run', '--rm', image, 'sh')).code).toBe(127);
  });

  it('is tiny', async ({ inspect, image }) => {
    expect(Number(await inspect(image, '.Size'))).toBeLessThan(20_000);
  });

  itOfOurs('says where it came from here', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image)).toContain('the registry of this lab');
  });
});
