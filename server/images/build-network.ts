import { mirrorFor, readAptSources } from './apt-sources.ts';

/**
 * Whether the steps of a build need the network of the engine's machine itself: for a mirror, proxy or npm registry that
 * listens on its loopback, which in a container is the container's own.
 * @param args build arguments by name: `http_proxy` and its like, `NPM_REGISTRY`
 */
export async function needsHostNetwork(args: Readonly<Record<string, string>>): Promise<boolean> {
  return hasLoopback(args) || mirrorFor('any', await readAptSources())?.loopback === true;
}

/** `http://127.0.0.1:3128`, `user:word@localhost:3128`, `[::1]:8080`; what `no_proxy` names is no proxy. */
export function hasLoopback(args: Readonly<Record<string, string>>): boolean {
  return Object.entries(args).some(
    ([name, address]) =>
      /^(https?_proxy|npm_registry)$/i.test(name) &&
      /^(\w+:\/\/)?([^/@]*@)?(localhost|127(\.\d+){3}|\[::1\])(?=[:/]|$)/i.test(address.trim()),
  );
}
