import { headers } from 'next/headers';
import { type LabPages, labKey, learnerHeader, nonceHeader } from '../protocol/lab.ts';

/** The server's side of the pages, with the person this request comes from. Makes the page dynamic. */
export async function openLab(): Promise<{ lab: LabPages; learner: string }> {
  const learner = (await headers()).get(learnerHeader);
  const lab = (globalThis as typeof globalThis & { [labKey]?: LabPages })[labKey];
  if (lab === undefined) {
    throw new Error('These pages are not served by Drydock: start the lab with `npm start`, not with `next`.');
  }
  if (learner === null) throw new Error(`The server did not set ${learnerHeader} on this request.`);
  return { lab, learner };
}

/** The nonce of this response's content security policy. */
export async function readNonce(): Promise<string | undefined> {
  return (await headers()).get(nonceHeader) ?? undefined;
}
