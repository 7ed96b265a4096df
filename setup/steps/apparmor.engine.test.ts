import { describe, expect, it } from 'vitest';
import { mainLabConfig, testSandboxImage } from '../../server/test-sandbox-image.ts';
import { createContext } from '../context.ts';
import { tryProfile } from './apparmor.ts';

const context = createContext(mainLabConfig(), process.env);

/** Without a profile, for few machines that run tests have AppArmor: what is tested is the trial. */
describe('trying a sandbox before a profile is used for all', () => {
  it('ends well where a container in it runs', async () => {
    await tryProfile(context, testSandboxImage(), null);
  });

  it('fails where the sandbox does not start', async () => {
    await expect(tryProfile(context, 'drydock/no-such-image:none', null)).rejects.toMatchObject({
      code: 'sandbox.image-missing',
    });
  });
});
