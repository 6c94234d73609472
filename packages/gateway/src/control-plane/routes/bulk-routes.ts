import { isDeepStrictEqual } from 'node:util';
import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { stringify } from 'yaml';
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Directory } from '../../identity/directory.ts';
import { jsonSchemaOf, reference, schemaName } from '../http/schemas.ts';
import { type Answer, dryRunQuery, type Route, route } from '../http/route.ts';
import { mayDo } from '../permissions.ts';
import type { ControlPorts } from '../ports.ts';
import { Refused } from '../refused.ts';
import type { Actor, Change, Changed, Put } from '../resources/change.ts';
import { kindsOfResources } from '../resources/draft.ts';
import { bodyOf, parseBody } from '../resources/parse-body.ts';
import { shownChange } from './resource-routes.ts';
import { splitValue } from './sent-body.ts';

const maxImportBytes = 16 * 1024 * 1024;

const prune = {
  prune: z.stringbool().default(false).meta({
    description:
      'Also delete what the document does not have, of the kinds that it has. What the configuration document makes stays.',
  }),
};

const documentSchema = {
  type: 'object',
  description: 'Resources as they stand in the configuration document.',
  properties: Object.fromEntries(
    kindsOfResources.map((kind) => [kind, { type: 'array', items: reference(`New${schemaName(kind)}`) }]),
  ),
};

const changesSchema = {
  type: 'object',
  properties: {
    changes: { type: 'array', items: reference('Change') },
    unchanged: { type: 'integer', description: 'How many resources are as the document wants them already.' },
  },
};

/** Many resources at once, in the shape of the configuration document. */
export function bulkRoutes(ports: ControlPorts): readonly Route[] {
  const shorten = shorteners();
  const common = { tag: 'bulk', body: { schema: documentSchema, maxBytes: maxImportBytes, yaml: true } } as const;
  const answer = {
    status: 200,
    description: 'What is different. The values of new virtual keys are told this once.',
    schema: changesSchema,
  };
  return [
    route({
      method: 'GET',
      path: '/api/v1/export',
      permission: 'resources:read',
      tag: 'bulk',
      summary: 'Export resources',
      description: 'In the shape of the configuration document. Values of virtual keys are not in it: nobody has them.',
      query: z.strictObject({
        format: z.enum(['yaml', 'json']).default('yaml').meta({ description: 'How it is written.' }),
        source: z
          .enum(['api', 'all'])
          .default('api')
          .meta({ description: '`all`: also what the configuration document makes.' }),
      }),
      answer: { status: 200, description: 'The document.', schema: documentSchema },
      handle: async ({ query }) => exported(documentOf(ports.directory, query.source, shorten), query.format),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/api/v1/import',
      permission: 'resources:write',
      summary: 'Import resources',
      description: 'All or none. What is there already is replaced; importing the same document again changes nothing.',
      query: z.strictObject({ ...dryRunQuery, ...prune }),
      answer,
      async handle({ actor, operator, query, body }) {
        if (!operator || !mayDo(operator.role, 'keys:write'))
          throw new Refused('forbidden', 'Importing needs `keys:write`, too.');
        return { body: await importDocument(body, { ...query, actor }, ports) };
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: '/api/v1/diff',
      permission: 'resources:read',
      summary: 'Tell what an import would change',
      query: z.strictObject(prune),
      answer,
      handle: async ({ actor, query, body }) => ({
        body: await importDocument(body, { ...query, dry_run: true, actor }, ports),
      }),
    }),
  ];
}

type Shorten = (kind: ResourceKind, body: JsonObject) => JsonObject;

function documentOf(directory: Directory, source: 'api' | 'all', shorten: Shorten): JsonObject {
  const lists = kindsOfResources.map((kind): [string, Json] => {
    const ofSource = [...directory.list(kind)].filter(
      ({ id }) => source === 'all' || directory.originOf(kind, id) === 'store',
    );
    const bodies: JsonObject[] = JSON.parse(JSON.stringify(ofSource.sort((a, b) => (a.id < b.id ? -1 : 1))));
    return [kind, bodies.map((body) => shorten(kind, body))];
  });
  return Object.fromEntries(lists);
}

/** A document that people read says only what is special. What is not, each kind's schema tells, once it is asked for. */
function shorteners(): Shorten {
  const known = new Map<ResourceKind, JsonObject>();
  return (kind, body) => {
    const defaults = known.get(kind) ?? defaultsOf(kind);
    known.set(kind, defaults);
    return Object.fromEntries(
      Object.entries(body).filter(([field, value]) => !isDeepStrictEqual(defaults[field], value)),
    );
  };
}

function defaultsOf(kind: ResourceKind): JsonObject {
  const { properties } = jsonSchemaOf(resourceKinds[kind], 'input');
  const schemas = Object.entries(isJsonObject(properties) ? properties : {});
  return Object.fromEntries(
    schemas.map(([field, schema]) => [field, isJsonObject(schema) ? schema['default'] : undefined]),
  );
}

function exported(document: JsonObject, format: 'yaml' | 'json'): Answer {
  if (format === 'json') return { body: document };
  return { body: stringify(document), contentType: 'application/yaml; charset=utf-8' };
}

interface ImportOptions {
  readonly actor: Actor;
  readonly dry_run: boolean;
  readonly prune: boolean;
}

async function importDocument(
  document: Json | undefined,
  options: ImportOptions,
  ports: ControlPorts,
): Promise<JsonObject> {
  const puts = putsOf(document);
  const wanted = puts.filter((put) => !isMadeByFile(put, ports.directory));
  const changes = options.prune ? [...wanted, ...absentees(puts, document, ports.directory)] : wanted;
  const done = await ports.resources.change(options.actor, changes, { dryRun: options.dry_run });
  const changed = done.filter(({ did }) => did !== 'nothing');
  return { changes: changed.map(shownChange), unchanged: puts.length - changed.filter(isPut).length };
}

const isPut = ({ did }: Changed) => did !== 'delete';

/** Every resource of a document as a change. Throws `Refused` for what is no such document. */
function putsOf(document: Json | undefined): readonly Put[] {
  if (!isJsonObject(document))
    throw new Refused('invalid', 'The document must be an object of lists, such as `teams`.');
  return Object.entries(document).flatMap(([kind, list]) => {
    if (!isKind(kind)) throw notImported(kind, `is no list of resources. There are: ${kindsOfResources.join(', ')}`);
    if (!Array.isArray(list)) throw notImported(kind, 'must be a list');
    return list.map((entry: Json, index): Put => {
      const { body, value } = splitValue(kind, entry);
      const id = body['id'] ?? (nameWillDo.has(kind) ? body['name'] : undefined);
      if (id === undefined) throw notImported(`${kind}[${index}].id`, 'is missing');
      return { op: 'put', kind, body: { ...body, id }, at: [kind, index], ...(value === undefined ? {} : { value }) };
    });
  });
}

/** As in the configuration document, a name of these will do for an id. */
const nameWillDo: ReadonlySet<ResourceKind> = new Set(['virtual_keys', 'rules']);

function notImported(path: string, message: string): Refused {
  return new Refused('invalid', `${path}: ${message}`, [{ path, message }]);
}

function isKind(kind: string): kind is ResourceKind {
  return Object.hasOwn(resourceKinds, kind);
}

/** What the configuration document makes just as it stands here needs no change, and could not be changed. */
function isMadeByFile({ kind, body }: Put, directory: Directory): boolean {
  const { id } = body;
  if (typeof id !== 'string' || directory.originOf(kind, id) !== 'file') return false;
  const parsed = parseBody(kind, body);
  if ('findings' in parsed) return false;
  const made: unknown = JSON.parse(JSON.stringify(directory.get(kind, id)));
  return isDeepStrictEqual(bodyOf(parsed.resource), made);
}

/** What was made here and is not in the document, of the kinds that it has. What names it is named, too, or is told. */
function absentees(puts: readonly Put[], document: Json | undefined, directory: Directory): readonly Change[] {
  if (!isJsonObject(document)) return [];
  const wanted = new Set(puts.map(({ kind, body }) => `${kind}/${typeof body['id'] === 'string' ? body['id'] : ''}`));
  return Object.keys(document)
    .filter(isKind)
    .flatMap((kind) =>
      [...directory.list(kind)]
        .filter(({ id }) => directory.originOf(kind, id) === 'store' && !wanted.has(`${kind}/${id}`))
        .map(({ id }): Change => ({ op: 'delete', kind, id })),
    );
}
