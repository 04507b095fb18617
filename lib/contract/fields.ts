import { z } from 'zod';

/** `name`: a path, `client.ip` or `messages[].state`; `*` stands for any key. `depth`: 0 for a field of the object itself. */
export type FieldDescription = {
  name: string;
  depth: number;
  type: string;
  isRequired: boolean;
  description: string | null;
};
type Json = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Json[];
  items?: Json;
  properties?: Record<string, Json>;
  additionalProperties?: Json | boolean;
  required?: string[];
  description?: string;
  default?: unknown;
};

/** The fields of a request (`input`) or an answer (`output`), for people: one line each, those of an object right after it. */
export function describeFields(schema: z.ZodType, io: 'input' | 'output'): FieldDescription[] {
  const whole = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as Json & {
    $defs?: Record<string, Json>;
  };
  const parts = whole.$defs ?? {};
  /** A schema with an id of its own stands behind a reference. */
  const resolved = (json: Json): Json => (json.$ref ? (parts[json.$ref.split('/').at(-1) ?? ''] ?? {}) : json);
  /** What may be null is described as what else it may be. */
  const present = (json: Json): Json => resolved(json.anyOf?.find((part) => part.type !== 'null') ?? json);

  const below = (json: Json, path: string, depth: number): FieldDescription[] => {
    const object = present(json);
    if (object.type === 'array' && object.items) return below(object.items, `${path}[]`, depth);
    if (typeof object.additionalProperties === 'object' && Object.keys(object.additionalProperties).length > 0)
      return below(object.additionalProperties, `${path}.*`, depth);
    return Object.entries(object.properties ?? {}).flatMap(([key, field]) => {
      const name = path ? `${path}.${key}` : key;
      return [
        {
          name,
          depth,
          type: typeOf(field, resolved),
          isRequired: object.required?.includes(key) ?? false,
          description: wordsFor(field, resolved),
        },
        ...below(field, name, depth + 1),
      ];
    });
  };
  return below(whole, '', 0);
}

function wordsFor(field: Json, resolved: (json: Json) => Json): string | null {
  const description = field.description ?? (field.$ref ? resolved(field).description : undefined);
  const words = [description, field.default === undefined ? null : `default ${JSON.stringify(field.default)}`];
  return words.filter(Boolean).join('; ') || null;
}

function typeOf(given: Json, resolved: (json: Json) => Json): string {
  const field = resolved(given);
  if (field.enum) return field.enum.map(String).join(' | ');
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.anyOf) {
    // The same list, as it may stand in an address.
    const isList =
      field.anyOf.some((part) => part.type === 'array') && field.anyOf.some((part) => part.type === 'string');
    return isList ? 'list' : [...new Set(field.anyOf.map((part) => typeOf(part, resolved)))].join(' or ');
  }
  if (Array.isArray(field.type)) return field.type.join(' or ');
  if (field.type === 'array') return `list of ${field.items ? typeOf(field.items, resolved) : 'values'}`;
  if (field.format === 'date-time') return 'time';
  return field.type ?? 'any';
}
