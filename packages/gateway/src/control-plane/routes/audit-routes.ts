import { z } from 'zod';
import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import type { AuditEvent } from '../../store/resources/audit-log.ts';
import { momentQuery } from '../http/moment.ts';
import { listOf } from '../http/schemas.ts';
import { pageQuery, type Route, route } from '../http/route.ts';
import type { ControlPorts } from '../ports.ts';

const text = (description: string) => z.string().min(1).max(200).optional().meta({ description });
const kinds = Object.keys(resourceKinds).filter((kind): kind is ResourceKind => kind in resourceKinds);

/** Who changed what. */
export function auditRoutes({ store }: ControlPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/audit-events',
      permission: 'audit:read',
      tag: 'audit-events',
      summary: 'List changes',
      description: 'Newest first. Events are only ever added.',
      query: z.strictObject({
        actor: text('Name of the token.'),
        action: text('Such as `virtual-key.rotate`.'),
        kind: z.enum(kinds).optional().meta({ description: 'Of what kind the resource is.' }),
        id: text('The resource’s id.'),
        since: momentQuery.meta({ description: 'From this moment on.' }),
        until: momentQuery.meta({ description: 'Until just before this moment.' }),
        ...pageQuery,
      }),
      answer: {
        status: 200,
        description: 'Each with the resource before and after.',
        schema: listOf({ type: 'object' }),
      },
      async handle({ query: { limit, after, id, ...filter } }) {
        const { items, next } = await store.audit.list({ ...filter, resourceId: id }, { limit, after });
        return { body: { items: items.map(shownEvent), ...(next === undefined ? {} : { next }) } };
      },
    }),
  ];
}

function shownEvent({
  seq,
  at,
  actor,
  action,
  kind,
  resourceId,
  before,
  after,
  requestId,
  sourceIp,
}: AuditEvent): JsonObject {
  return {
    seq: String(seq),
    at: new Date(at).toISOString(),
    actor,
    action,
    kind,
    id: resourceId,
    before,
    after,
    request_id: requestId,
    source_ip: sourceIp,
  };
}
