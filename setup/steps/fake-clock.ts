import { existsSync } from 'node:fs';
import type { SetupContext } from '../context.ts';
import type { Step } from '../run-steps.ts';

/** Debian's library that lets the chaos test turn a server's clock. Where it cannot be had, clocks do not jump there. */
export function fakeClockStep(context: SetupContext): Step {
  return {
    id: 'fake-clock',
    title: 'libfaketime',
    needs: [],
    check: async () => {
      const { machine } = context;
      const installed = ['x86_64', 'aarch64'].some((name) =>
        existsSync(`/usr/lib/${name}-linux-gnu/faketime/libfaketimeMT.so.1`),
      );
      return installed || !(machine.debian && machine.root && machine.apt);
    },
    run: (tell, signal) => context.apt.install(['libfaketime'], tell, signal),
  };
}
