import type { SandboxHost } from '../docker/sandbox-host.ts';
import { toErrorBody } from '../errors.ts';
import type { Metrics } from '../metrics.ts';

/** The same host; what its methods reject with is counted. */
export function measuredHost(host: SandboxHost, metrics: Metrics): SandboxHost {
  return new Proxy(host, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || typeof key !== 'string') return member;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(member, target, args);
        if (result instanceof Promise) {
          result.catch((error: unknown) => {
            metrics.count('drydock_engine_errors_total', { operation: key, code: toErrorBody(error).code });
          });
        }
        return result;
      };
    },
  });
}
