import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Route } from '../http/route.ts';
import { jsonSchemaOf, namedSchemas, reference } from '../http/schemas.ts';
import { refusals } from '../refused.ts';

/** The API as an OpenAPI 3.1 document, made of its routes. */
export function openApiOf(routes: readonly Route[], version: string): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Turnpike admin API',
      version,
      description: 'Manages who may use the gateway, and how much. Answers to errors are the same everywhere: `Error`.',
    },
    security: [{ admin_token: [] }],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        admin_token: { type: 'http', scheme: 'bearer', description: 'An administrative token.' },
      },
    },
  };
}

function operationOf(route: Route): JsonObject {
  const { permission, body, answer } = route;
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(permission === 'open' ? { security: [] } : {}),
    'x-permission': permission,
    parameters: parametersOf(route),
    ...(body ? { requestBody: { required: body.optional !== true, content: contentOf(body) } } : {}),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.schema ? { content: { 'application/json': { schema: answer.schema } } } : {}),
      },
      ...Object.fromEntries(errorsOf(route).map((status) => [status, errorAnswer])),
    },
  };
}

const errorAnswer = {
  description: 'Refused. Nothing was changed.',
  content: { 'application/json': { schema: reference('Error') } },
};

function errorsOf({ permission, method, path, body }: Route): readonly string[] {
  const statuses = new Set<number>();
  if (permission !== 'open')
    for (const code of ['unauthorized', 'forbidden', 'too-many-attempts'] as const) statuses.add(refusals[code]);
  if (path.includes('{')) statuses.add(refusals['not-found']);
  if (method !== 'GET')
    for (const code of ['conflict', 'precondition-failed', 'invalid'] as const) statuses.add(refusals[code]);
  if (body)
    for (const code of ['malformed', 'too-large', 'unsupported-media-type'] as const) statuses.add(refusals[code]);
  return [...statuses].sort((a, b) => a - b).map(String);
}

function contentOf({ schema, yaml }: NonNullable<Route['body']>): JsonObject {
  return { 'application/json': { schema }, ...(yaml ? { 'application/yaml': { schema } } : {}) };
}

/** `get_virtual_keys_id`. */
function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/api(?:\/v1)?\//, '').replaceAll(/[{}]/g, '');
  return `${method.toLowerCase()}_${words.replaceAll(/[^A-Za-z0-9]+/g, '_')}`;
}

/** What stands in a path and in a query. */
export function parametersOf({ path, query, method }: Route): JsonObject[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties } = jsonSchemaOf(query, 'input');
  const inQuery = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, schema]) => {
    const { description, ...rest } = isJsonObject(schema) ? schema : {};
    return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema: rest };
  });
  const takesRevision = path.endsWith('/{id}') && method !== 'GET';
  const revision = {
    name: 'if-match',
    in: 'header',
    required: false,
    description: 'The `etag` that you have read: only then is it changed, else 412.',
    schema: { type: 'string' },
  };
  return [...inPath, ...inQuery, ...(takesRevision ? [revision] : [])];
}
