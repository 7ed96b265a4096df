import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';

/** Bytes that stay free where the sandboxes' disks lie, for those that are there already. */
const reserve = 2 ** 30;

/** New sandboxes are not made on a disk that is nearly full. @throws host.disk-full */
export async function requireDiskReserve(host: Pick<SandboxHost, 'describe'>): Promise<void> {
  const { diskFree } = await host.describe();
  if (diskFree === null || diskFree >= reserve) return;
  throw new DrydockError(
    'host.disk-full',
    'The disk of this server is nearly full, so no new sandbox is made. Those that are there go on. Ask whoever runs the lab to make room, then try again.',
    { details: { diskFree, reserve } },
  );
}
