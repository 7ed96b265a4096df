import { type DaemonEvent, type DaemonKind, daemonKinds } from '../../protocol/docker.ts';

const containersOnly = ['containers'] as const;

/** Container events that change nothing a list shows. Health checks alone make three of them every time. */
const silentContainerActions =
  /^(exec_create|exec_start|exec_die|exec_detach|attach|detach|top|resize|export|copy|archive-path|extract-to-dir)\b/;

/** The lists an event of the daemon can have changed. */
export function affectedKinds(event: DaemonEvent): readonly DaemonKind[] {
  switch (event.type) {
    case 'container':
      if (silentContainerActions.test(event.action)) return [];
      if (event.action === 'commit') return ['images'];
      return event.action === 'prune' ? ['containers', 'volumes'] : containersOnly;
    case 'image':
      if (event.action === 'push' || event.action === 'save') return [];
      // A container shows its image's name as long as that names it.
      return ['images', 'containers'];
    case 'builder':
      return ['images'];
    case 'network':
      if (event.action === 'connect' || event.action === 'disconnect') return containersOnly;
      return ['networks'];
    case 'volume':
      return event.action === 'mount' || event.action === 'unmount' ? [] : ['volumes'];
    case 'daemon':
      return daemonKinds;
    default:
      return [];
  }
}
