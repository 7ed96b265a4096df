import { existsSync } from 'node:fs';
import type { SetupContext } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import { findProgram } from '../run-program.ts';
import type { Step } from '../run-steps.ts';

/** The browser that the tests drive: the one configured, the system's, or Playwright's own. */
export async function findChromium(context: SetupContext): Promise<string | null> {
  if (context.config.chromium !== null) return context.config.chromium;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const path = findProgram(name, context.env);
    if (path !== null) return path;
  }
  const applications = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  // Loaded here, for it costs a start that needs no browser a third of a second.
  const { chromium } = await import('@playwright/test');
  return [...applications, chromium.executablePath()].find((path) => path !== '' && existsSync(path)) ?? null;
}

export function chromiumStep(context: SetupContext): Step {
  return {
    id: 'chromium',
    title: 'Chromium',
    needs: [],
    check: async () => (await findChromium(context)) !== null,
    run: async (tell, signal) => {
      const { machine } = context;
      // Elsewhere the package named chromium is only a pointer to a snap, which does not run as root.
      if (!(machine.debian && machine.root && machine.apt)) {
        throw new SetupProblem('The tests need a Chromium or Chrome, and there is none on this machine.', [
          machine.debian ? 'sudo apt-get install -y chromium' : 'npx playwright install --with-deps chromium',
          'Or name one: DRYDOCK_CHROMIUM=/path/of/chrome npm test',
        ]);
      }
      await context.apt.install(['chromium'], tell, signal);
      if ((await findChromium(context)) === null)
        throw new SetupProblem('The package chromium was installed, but there is no program chromium.');
    },
  };
}
