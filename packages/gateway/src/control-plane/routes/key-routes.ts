import { z } from 'zod';
import { jsonSchemaOf, reference } from '../http/schemas.ts';
import { dryRunQuery, type Route, route } from '../http/route.ts';
import type { ControlPorts } from '../ports.ts';
import { Refused } from '../refused.ts';
import { write } from './resource-routes.ts';

const rotation = z.strictObject({
  grace_seconds: z.int().min(0).max(31_536_000).default(0).describe('How long the old value goes on working.'),
  value: z.string().optional().describe('A value of your own. Left out, one is made.'),
});

/** What can be done with virtual keys besides. */
export function keyRoutes(ports: ControlPorts): readonly Route[] {
  const kind = 'virtual_keys';
  const common = {
    method: 'POST',
    permission: 'keys:write',
    tag: 'virtual-keys',
    query: z.strictObject(dryRunQuery),
  } as const;
  const answer = { status: 200, description: 'The key as it is now.', schema: reference('VirtualKey') };
  const path = '/api/v1/virtual-keys/{id}';
  const turn = (verb: 'disable' | 'enable', summary: string) =>
    route({
      ...common,
      path: `${path}/${verb}`,
      summary,
      answer,
      handle: (asked) => {
        const patch = { disabled: verb === 'disable' };
        return write(asked, { op: 'patch', kind, id: asked.params['id'] ?? '', patch }, ports);
      },
    });
  return [
    route({
      ...common,
      path: `${path}/rotate`,
      summary: 'Give a virtual key a new value',
      description: 'The new value is in `value`, this once. The old one stops at once, or after its grace.',
      body: { schema: jsonSchemaOf(rotation, 'input'), optional: true },
      answer,
      handle(asked) {
        const { value, grace_seconds: graceSeconds } = readRotation(asked.body ?? {});
        const wanted = value === undefined ? 'generate' : { value };
        const id = asked.params['id'] ?? '';
        return write(asked, { op: 'patch', kind, id, patch: {}, value: wanted, graceSeconds }, ports);
      },
    }),
    turn('disable', 'Refuse all requests of a virtual key'),
    turn('enable', 'Let a disabled virtual key in again'),
  ];
}

function readRotation(body: unknown): z.output<typeof rotation> {
  const parsed = rotation.safeParse(body);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Refused('invalid', `The body is not right: ${details[0]?.path} ${details[0]?.message}`, details);
}
