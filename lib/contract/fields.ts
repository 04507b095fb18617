import { z } from 'zod';

export type FieldDescription = { name: string; type: string; isRequired: boolean; description: string | null };
type Shape = { properties?: Record<string, Json>; required?: string[] };
type Json = {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Json[];
  items?: Json;
  description?: string;
  pattern?: string;
  default?: unknown;
};

/** The fields of a request, for people: one line each. */
export function describeFields(schema: z.ZodType): FieldDescription[] {
  const whole = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }) as Shape & {
    $ref?: string;
    $defs?: Record<string, Shape>;
  };
  // A schema with an id of its own stands behind a reference.
  const json = whole.$ref ? (whole.$defs?.[whole.$ref.split('/').at(-1) ?? ''] ?? {}) : whole;
  return Object.entries(json.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field),
    isRequired: json.required?.includes(name) ?? false,
    description:
      [field.description, field.default === undefined ? null : `default ${JSON.stringify(field.default)}`]
        .filter(Boolean)
        .join('; ') || null,
  }));
}

function typeOf(field: Json): string {
  if (field.$ref) return field.$ref.split('/').at(-1) ?? 'object';
  if (field.enum) return field.enum.map(String).join(' | ');
  if (field.anyOf) return [...new Set(field.anyOf.map(typeOf))].join(' or ');
  if (field.type === 'array') return `list of ${field.items ? typeOf(field.items) : 'values'}`;
  return field.type ?? 'any';
}
