// biome-ignore lint/style/noRestrictedImports: attacks on a layer above are carried out here too
import { createWorkspace, type Workspace } from '../../workspace/workspace.ts';
import type { AttackGround } from './attack-ground.ts';

/** The attacker's workspace, as the lab opens it. */
export function createWorkspaceOf(ground: AttackGround, root: string): Workspace {
  return createWorkspace({ host: ground.host, sandboxId: ground.attacker, root });
}
