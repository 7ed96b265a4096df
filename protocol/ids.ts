import * as z from 'zod';
import { limits } from './limits.ts';

const slug = '[a-z0-9]+(?:-[a-z0-9]+)*';

/** `course/lesson`, both of them folder names. */
export const lessonId = z
  .string()
  .max(130)
  .regex(new RegExp(`^${slug}/${slug}$`), 'A lesson is named course/lesson, in a-z, 0-9 and hyphens.');

/** A block, step or check inside a lesson: unique there. */
export const blockId = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{N}_-]+$/u);

/** A terminal's name within a lesson: the tab the learner sees. */
export const terminalName = z
  .string()
  .max(32)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'A terminal is named in a-z, 0-9 and hyphens.');

/** Names no file system trouble can come from: control characters, separators and `..` are out. */
export function isWorkspacePath(path: string): boolean {
  if (path.length === 0 || path.length > limits.pathLength || path.startsWith('/') || path.endsWith('/')) return false;
  const parts = path.split('/');
  if (parts.length > limits.pathDepth) return false;
  return parts.every(
    (part) =>
      part !== '' &&
      part !== '.' &&
      part !== '..' &&
      new TextEncoder().encode(part).length <= 255 &&
      // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
      !/[\u0000-\u001f\u007f\\]/.test(part),
  );
}

/** A path inside the lesson's workspace: relative, forward slashes, no `.` or `..`. */
export const workspacePath = z
  .string()
  .refine(isWorkspacePath, 'The path must be relative, stay inside the workspace, and have no control characters.');
