import { z } from 'zod';

/**
 * Schemas for what a learner's daemon sends. Docker versions differ in what they leave out or send as null, and
 * the daemon may be no Docker at all: so a field that does not fit becomes its neutral value, a list entry
 * without its identity is left out, and everything has a bound.
 */
export const bounds = {
  /** characters of a name, an id, a label's value */
  text: 4096,
  /** entries of a list inside a record */
  list: 500,
  /** containers, images, … of one sandbox */
  records: 2000,
} as const;

export const optionalText = z
  .string()
  .transform((value) => value.slice(0, bounds.text))
  .catch('');

export const requiredText = z
  .string()
  .min(1)
  .transform((value) => value.slice(0, bounds.text));

export const textOrNull = optionalText.transform((value) => (value === '' ? null : value));

export const count = z.number().finite().catch(0);

export const flag = z.boolean().catch(false);

/** Seconds since 1970, as milliseconds. */
export const unixSeconds = count.transform((value) => Math.round(value * 1000));

/** RFC 3339, as milliseconds; null for Go's zero time and for what is no time. */
export const timestamp = optionalText.transform((value) => {
  const time = Date.parse(value);
  return Number.isNaN(time) || time <= 0 ? null : time;
});

/** `optional`, or an object without the key would not fit. */
const anything = z.unknown().optional();

/** A list; entries that do not fit are left out, and so are those beyond the bound. */
export function listOf<T extends z.ZodType>(entry: T, limit: number = bounds.list) {
  return anything.transform((value): z.output<T>[] => {
    if (!Array.isArray(value)) return [];
    const kept: z.output<T>[] = [];
    for (const item of value) {
      if (kept.length >= limit) break;
      const parsed = entry.safeParse(item);
      if (parsed.success) kept.push(parsed.data);
    }
    return kept;
  });
}

/** An object used as a map. Keys such as `__proto__` stay plain keys. */
export function mapOf<T extends z.ZodType>(entry: T) {
  return anything.transform((value): [string, z.output<T>][] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const kept: [string, z.output<T>][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (kept.length >= bounds.list) break;
      const parsed = entry.safeParse(item);
      if (parsed.success) kept.push([key.slice(0, bounds.text), parsed.data]);
    }
    return kept;
  });
}

/** A map of texts. `fromEntries` defines properties, so no key can reach a prototype. */
export const textMap = mapOf(z.string().transform((value) => value.slice(0, bounds.text))).transform(
  (entries): Record<string, string> => Object.fromEntries(entries),
);

export const textList = listOf(z.string().transform((value) => value.slice(0, bounds.text)));

/** The keys of a map whose values say nothing, such as ExposedPorts. */
export const keyList = mapOf(z.unknown()).transform((entries) => entries.map(([key]) => key));

/** A command or entrypoint: a list, one word, or null. */
export const wordList = z.union([z.string().transform((value) => [value.slice(0, bounds.text)]), textList]);

/** `NAME=value` lines as a map. */
export const environment = textList.transform(
  (lines): Record<string, string> =>
    Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf('=');
        return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
      }),
    ),
);

/** An object that may be missing or null; its fields then take their neutral values. */
export function section<T extends z.ZodRawShape>(shape: T) {
  const schema = z.object(shape);
  return anything.transform((value) => {
    const parsed = schema.safeParse(typeof value === 'object' && value !== null ? value : {});
    // Every field has a neutral value, so an empty object always fits.
    return parsed.success ? parsed.data : schema.parse({});
  });
}
