import { join } from 'node:path';
import { describeError } from '../../server/errors.ts';
import { mirrorFor, readAptSources } from '../apt-sources.ts';
import { hashFiles, hashText } from '../content-hash.ts';
import type { SetupContext } from '../context.ts';
import { takeFromHub } from '../hub.ts';
import { SetupProblem } from '../problem.ts';
import type { Step } from '../run-steps.ts';
import { baseReference } from './base-image.ts';

/** An image made from a folder of this repository on the base image. */
export interface BuiltImage {
  id: string;
  title: string;
  /** `drydock/sandbox`; the tag is computed from what goes into it. */
  repository: string;
  /** Folder with the Dockerfile, relative to the clone. */
  folder: string;
  /** The image of Docker Hub that is taken instead where it can be had; null: always build. */
  hub: string | null;
}

/** `drydock/sandbox:<hash of folder and base>`: the same files on the same base are the same image. */
export async function imageReference(context: SetupContext, image: BuiltImage): Promise<string> {
  const [base, files] = await Promise.all([
    context.images.find(baseReference),
    hashFiles(context.config.root, [image.folder], { skip: isNotPartOfImage }),
  ]);
  if (base === null) throw new SetupProblem('The base image has gone away in the middle of the set-up.');
  return `${image.repository}:${hashText(`${base.id} ${files}`).slice(0, 12)}`;
}

export function builtImageStep(context: SetupContext, image: BuiltImage): Step {
  const { images, config, env } = context;
  return {
    id: image.id,
    title: image.title,
    needs: ['base-image'],
    check: async () => (await images.find(await imageReference(context, image))) !== null,
    run: async (tell, signal) => {
      const reference = await imageReference(context, image);
      if (image.hub !== null && (await takeFromHub(context, image.hub, reference, tell, signal))) return;
      const said: string[] = [];
      try {
        await images.build(join(config.root, image.folder), {
          tag: reference,
          buildArgs: { BASE: baseReference, ...proxies(env) },
          hostNetwork: mirrorFor('any', await readAptSources())?.loopback === true,
          signal,
          onLine: (line) => {
            said.push(line);
            if (said.length > 20) said.shift();
            tell(line);
          },
        });
      } catch (error) {
        // The engine only says which command failed; why is in what that command wrote.
        throw new SetupProblem(`${describeError(error)} Its last words:\n${said.join('\n')}`, [], { cause: error });
      }
    },
  };
}

/** Documentation and tests beside a Dockerfile do not make another image. */
function isNotPartOfImage(path: string): boolean {
  return /(^|\/)(README\.md|image\.yaml)$|\.test\.ts$/.test(path);
}

/** Build arguments that every builder knows and none keeps in the image. */
function proxies(env: Record<string, string | undefined>): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
