import type * as z from 'zod';

/** The keys an object at `path` may have, by walking the schema; empty where any key is allowed. */
export function keysAtPath(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [segment, ...rest] = path;
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'nullable':
      return keysAtPath(def.innerType, path);
    case 'union':
      return [...new Set(def.options.flatMap((option) => keysAtPath(option, path)))];
    case 'object': {
      if (segment === undefined) return Object.keys(def.shape);
      const inner = def.shape[String(segment)];
      return inner ? keysAtPath(inner, rest) : [];
    }
    case 'record':
      return segment === undefined ? [] : keysAtPath(def.valueType, rest);
    case 'array':
      return segment === undefined ? [] : keysAtPath(def.element, rest);
    default:
      return [];
  }
}
