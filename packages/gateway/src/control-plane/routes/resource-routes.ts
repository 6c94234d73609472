import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import { nounOf } from '../../config/check-resources.ts';
import type { JsonObject } from '../../core/json.ts';
import { listOf, reference, schemaName } from '../http/schemas.ts';
import { type Answer, type Asked, dryRunQuery, noQuery, type Route, route } from '../http/route.ts';
import type { Permission } from '../permissions.ts';
import type { ControlPorts } from '../ports.ts';
import { Refused } from '../refused.ts';
import type { Change, Changed } from '../resources/change.ts';
import { kindsOfResources } from '../resources/draft.ts';
import { createResourceFinder, type ResourceFinder } from '../resources/find-resources.ts';
import { slugOf } from '../resources/kind-paths.ts';
import { type ResourceView, viewsOf } from '../resources/resource-views.ts';
import { listQuery } from './list-query.ts';
import { splitValue, withId } from './sent-body.ts';

/** The routes of every kind of resource: they differ in nothing but the kind. */
export function resourceRoutes(ports: ControlPorts): readonly Route[] {
  const finder = createResourceFinder(ports.directory);
  return kindsOfResources.flatMap((kind) => [...readRoutes(kind, finder, ports), ...writeRoutes(kind, ports)]);
}

/** What it takes to change resources of a kind. */
function writePermission(kind: ResourceKind): Permission {
  return kind === 'virtual_keys' ? 'keys:write' : 'resources:write';
}

function readRoutes(kind: ResourceKind, finder: ResourceFinder, ports: ControlPorts): readonly Route[] {
  const path = `/api/v1/${slugOf(kind)}`;
  const common = { method: 'GET', permission: 'resources:read', tag: slugOf(kind) } as const;
  const noun = nounOf(kind);
  return [
    route({
      ...common,
      path,
      summary: `List ${noun}s`,
      query: listQuery(kind),
      answer: { status: 200, description: `In the order of their ids.`, schema: listOf(reference(schemaName(kind))) },
      async handle({ query }) {
        const { limit, after, q, source, ...fields } = query;
        const given = Object.entries(fields).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value] as const] : [],
        );
        const { ids, next } = finder.find(kind, { fields: new Map(given), text: q, source }, { limit, after });
        const items = (await viewsOf(kind, ids, partsOf(ports))).map((view) => view.fields);
        return { body: { items, ...(next === undefined ? {} : { next }) } };
      },
    }),
    route({
      ...common,
      path: `${path}/{id}`,
      summary: `Get ${one(noun)}`,
      query: noQuery,
      answer: {
        status: 200,
        description: `The ${noun}, with its revision in \`etag\`.`,
        schema: reference(schemaName(kind)),
      },
      handle: async ({ params }) => answerWith(await viewNamed(kind, params['id'] ?? '', ports)),
    }),
  ];
}

function writeRoutes(kind: ResourceKind, ports: ControlPorts): readonly Route[] {
  const path = `/api/v1/${slugOf(kind)}`;
  const common = { permission: writePermission(kind), tag: slugOf(kind), query: z.strictObject(dryRunQuery) } as const;
  const noun = nounOf(kind);
  const schema = reference(schemaName(kind));
  const body = { schema: reference(`New${schemaName(kind)}`) };
  return [
    route({
      ...common,
      method: 'POST',
      path,
      summary: `Create ${one(noun)}`,
      description: 'Without an `id` one is made.',
      body,
      answer: { status: 201, description: `The new ${noun}.${valueNote(kind)}`, schema },
      handle: (asked) => write(asked, { op: 'put', kind, ...splitValue(kind, asked.body), ifMatch: 'absent' }, ports),
    }),
    route({
      ...common,
      method: 'PUT',
      path: `${path}/{id}`,
      summary: `Replace ${one(noun)}`,
      description:
        'Makes it if there is none. Fields that are left out get their defaults. With `if-match` only the revision that you have read is replaced.',
      body,
      answer: { status: 200, description: `The ${noun} as it is now.${valueNote(kind)}`, schema },
      handle: (asked) =>
        write(
          asked,
          { op: 'put', kind, ...withId(splitValue(kind, asked.body), asked.params['id']), ...expectation(asked) },
          ports,
        ),
    }),
    route({
      ...common,
      method: 'PATCH',
      path: `${path}/{id}`,
      summary: `Change fields of ${one(noun)}`,
      description: 'A JSON merge patch: `null` takes a field away.',
      body,
      answer: { status: 200, description: `The ${noun} as it is now.`, schema },
      handle(asked) {
        const { body: patch, ...rest } = splitValue(kind, asked.body);
        return write(
          asked,
          { op: 'patch', kind, id: asked.params['id'] ?? '', patch, ...rest, ...expectation(asked) },
          ports,
        );
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: `${path}/{id}`,
      summary: `Delete ${one(noun)}`,
      query: z.strictObject({
        ...dryRunQuery,
        cascade: z
          .stringbool()
          .default(false)
          .meta({ description: 'Also what names it: keys, budgets, rate limits and so on. Users only leave a team.' }),
      }),
      answer: {
        status: 200,
        description: 'What was deleted or changed along with it.',
        schema: { type: 'object', properties: { changes: { type: 'array', items: reference('Change') } } },
      },
      async handle({ actor, params, query, expected }) {
        const change: Change = {
          op: 'delete',
          kind,
          id: params['id'] ?? '',
          cascade: query.cascade,
          ...(expected === undefined ? {} : { ifMatch: expected }),
        };
        const changes = await ports.resources.change(actor, [change], { dryRun: query.dry_run });
        return { body: { changes: changes.map(shownChange) } };
      },
    }),
  ];
}

function one(noun: string): string {
  return `${noun.startsWith('o') ? 'an' : 'a'} ${noun}`;
}

function valueNote(kind: ResourceKind): string {
  return kind === 'virtual_keys' ? ' If its value was made here, it is in `value`, this once.' : '';
}

function expectation({ expected }: Asked) {
  return expected === undefined ? {} : { ifMatch: expected };
}

/** Makes one change and answers with the resource as it is then. */
export async function write(
  { actor, query }: Asked<{ readonly dry_run: boolean }>,
  change: Change,
  ports: ControlPorts,
): Promise<Answer> {
  const [changed] = await ports.resources.change(actor, [change], { dryRun: query.dry_run });
  if (!changed) throw new TypeError('a change came to nothing');
  const { did, id, value, warnings } = changed;
  const extra = { ...(value === undefined ? {} : { value }), ...(warnings === undefined ? {} : { warnings }) };
  const status = did === 'create' && !query.dry_run ? 201 : 200;
  const headers = status === 201 ? { location: `/api/v1/${slugOf(change.kind)}/${encodeURIComponent(id)}` } : {};
  const view = query.dry_run ? { fields: { ...changed.after } } : await viewNamed(change.kind, id, ports);
  return { ...answerWith(view), status, headers, body: { ...view.fields, ...extra } };
}

/** A change as answers tell of it. */
export function shownChange({ revision, ...changed }: Changed): JsonObject {
  const plain: JsonObject = JSON.parse(JSON.stringify(changed));
  return { ...plain, ...(revision === undefined ? {} : { revision: String(revision) }) };
}

async function viewNamed(kind: ResourceKind, id: string, ports: ControlPorts): Promise<ResourceView> {
  const [view] = await viewsOf(kind, [id], partsOf(ports));
  if (!view) throw new Refused('not-found', `There is no ${nounOf(kind)} \`${id}\`.`);
  return view;
}

function partsOf({ directory, store }: ControlPorts) {
  return { directory, store: store.resources };
}

function answerWith({ fields, revision }: ResourceView): Answer {
  return { body: fields, revision };
}
