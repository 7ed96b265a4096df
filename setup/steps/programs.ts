import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { hashFiles } from '../../server/content-hash.ts';
import { describeError } from '../../server/errors.ts';
import type { SetupContext } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import { runProgram } from '../run-program.ts';
import type { Step } from '../run-steps.ts';

/** The pages, built by Next for production. */
export function pagesStep(context: SetupContext): Step {
  const { root } = context.config;
  return stamped(context, {
    id: 'pages',
    title: 'pages',
    stamp: '.next/drydock-stamp',
    result: '.next/BUILD_ID',
    inputs: [
      'app',
      'components',
      'protocol',
      'public',
      'next.config.js',
      'postcss.config.mjs',
      'tsconfig.json',
      'package-lock.json',
    ],
    run: async (tell, signal) => {
      await runProgram(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
        cwd: root,
        env: { ...context.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
        onLine: tell,
        signal,
      });
    },
  });
}

/** The server as one file. Packages stay outside: some hold binaries, and Next loads the same instances. */
export function serverStep(context: SetupContext): Step {
  const { root } = context.config;
  return stamped(context, {
    id: 'server',
    title: 'server',
    stamp: 'dist/drydock-stamp',
    result: 'dist/server.js',
    inputs: ['server', 'protocol', 'tsconfig.json', 'package-lock.json'],
    run: async () => {
      const { build } = await import('esbuild');
      const options: BuildOptions = {
        absWorkingDir: root,
        entryPoints: ['server/index.ts'],
        outfile: 'dist/server.js',
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
        packages: 'external',
        sourcemap: true,
        logLevel: 'silent',
      };
      try {
        await build(options);
      } catch (error) {
        throw new SetupProblem(describeError(error), [], { cause: error });
      }
    },
  });
}

interface StampedStep {
  id: string;
  title: string;
  /** File that holds the hash of the inputs of the last success. */
  stamp: string;
  /** File without which the stamp says nothing. */
  result: string;
  /** Files and folders that make the result. */
  inputs: string[];
  run: Step['run'];
}

function stamped(context: SetupContext, step: StampedStep): Step {
  const { root } = context.config;
  const hash = async (): Promise<string> =>
    hashFiles(root, step.inputs, { skip: (path) => /\.test\.tsx?$/.test(path) });
  return {
    id: step.id,
    title: step.title,
    needs: [],
    check: async () => {
      if (!existsSync(join(root, step.result))) return false;
      const [known, current] = await Promise.all([readFile(join(root, step.stamp), 'utf8').catch(() => ''), hash()]);
      return known === current;
    },
    run: async (tell, signal) => {
      // Before the work: what is edited meanwhile has to be built again.
      const inputs = await hash();
      await step.run(tell, signal);
      await mkdir(dirname(join(root, step.stamp)), { recursive: true });
      await writeFile(join(root, step.stamp), inputs);
    },
  };
}
