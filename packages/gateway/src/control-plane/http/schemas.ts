import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import { nounOf } from '../../config/check-resources.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { Schema } from './route.ts';

/** A schema as JSON Schema, for the OpenAPI document. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const {
    $schema: _dialect,
    $defs: _named,
    ...rest
  }: Record<string, unknown> = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const plain: Schema = JSON.parse(JSON.stringify(rest), (_, value: Json) => (isRecursive(value) ? {} : value));
  return plain;
}

/** Only any JSON at all is described by itself. Its name would lead nowhere in a document of many schemas. */
function isRecursive(value: Json): boolean {
  return isJsonObject(value) && typeof value['$ref'] === 'string' && value['$ref'].startsWith('#/$defs/');
}

/** `VirtualKey`. */
export function schemaName(kind: ResourceKind): string {
  return nounOf(kind).replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
}

export const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (items: Schema): Schema => ({
  type: 'object',
  required: ['items'],
  properties: {
    items: { type: 'array', items },
    next: { type: 'string', description: 'Pass it as `after` for the next page. Absent on the last one.' },
  },
});

const valueField = {
  value: { type: 'string', description: 'A value of your own. Left out, one is made. Never told again.' },
};

const facts = {
  source: {
    type: 'string',
    enum: ['file', 'api'],
    description: '`file`: the configuration document makes it, so it is read-only here.',
  },
  revision: { type: 'string', description: 'Of its last change; also in `etag`.' },
  created_at: { type: 'string', format: 'date-time' },
  updated_at: { type: 'string', format: 'date-time' },
};

const keyFacts = {
  values: {
    type: 'array',
    description: 'The values that open it, by their last letters.',
    items: {
      type: 'object',
      properties: { hint: { type: 'string' }, until: { type: 'string', format: 'date-time' } },
    },
  },
};

/** What the OpenAPI document calls by name: each resource as it is sent and as it is told, and errors. */
export function namedSchemas(): Record<string, Schema> {
  const schemas: Record<string, Schema> = { Error: errorSchema, Change: changeSchema };
  for (const kind of kinds) {
    const isKey = kind === 'virtual_keys';
    const name = schemaName(kind);
    schemas[`New${name}`] = {
      ...withFields(jsonSchemaOf(resourceKinds[kind], 'input'), isKey ? valueField : {}),
      required: [],
    };
    schemas[name] = withFields(jsonSchemaOf(resourceKinds[kind], 'output'), { ...facts, ...(isKey ? keyFacts : {}) });
  }
  return schemas;
}

const kinds = Object.keys(resourceKinds).filter((kind): kind is ResourceKind => kind in resourceKinds);

function withFields(schema: Schema, fields: Schema): Schema {
  const { properties } = schema;
  return { ...schema, properties: { ...(isJsonObject(properties) ? properties : {}), ...fields } };
}

const errorSchema: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string', description: 'For people.' },
        details: {
          type: 'array',
          description: 'Everything that is wrong, and where.',
          items: {
            type: 'object',
            properties: {
              path: { type: 'string' },
              message: { type: 'string' },
              line: { type: 'integer', description: 'In the text of a condition.' },
              column: { type: 'integer' },
            },
          },
        },
      },
    },
  },
};

const changeSchema: Schema = {
  type: 'object',
  required: ['did', 'kind', 'id'],
  properties: {
    did: { type: 'string', enum: ['create', 'update', 'rotate', 'delete', 'nothing'] },
    kind: { type: 'string' },
    id: { type: 'string' },
    before: { type: 'object', description: 'The resource as it was.' },
    after: { type: 'object', description: 'The resource as it is.' },
    revision: { type: 'string' },
    value: { type: 'string', description: 'The value of a virtual key that was made. It is told this once.' },
    warnings: { type: 'array', items: { type: 'string' } },
  },
};
