import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttackGround } from './attack-ground.ts';
import { type AttackResult, attacks, renderResults } from './attack-table.ts';

const results: AttackResult[] = [];
let ground: AttackGround;

beforeAll(async () => {
  ground = await AttackGround.open();
});

afterAll(async () => {
  await ground?.dispose();
  console.log(renderResults(results));
});

describe('contained', () => {
  for (const attack of attacks) {
    for (const from of attack.from) {
      it(`${attack.name} (as ${from})`, async () => {
        const note = (result: string) => results.push({ name: attack.name, from, result, control: attack.control });
        try {
          note(await attack.carryOut(ground, from));
        } catch (error) {
          note('NOT AS IT SHOULD BE');
          throw error;
        }
      });
    }
  }

  it('leaves both sandboxes at work', async () => {
    for (const id of [ground.attacker, ground.neighbour]) {
      expect((await ground.exec(id, ['docker', 'version'])).code).toBe(0);
    }
  });
});
