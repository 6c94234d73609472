import { renderDocs } from '../docs/render-docs.ts';
import { openApiOf } from '../docs/open-api.ts';
import { noQuery, type Route, route } from '../http/route.ts';
import { roles } from '../permissions.ts';
import type { ControlPorts } from '../ports.ts';

/** What the API says of itself. `others`: every other route. */
export function aboutRoutes({ version }: ControlPorts, others: readonly Route[]): readonly Route[] {
  const common = { method: 'GET', tag: 'about', query: noQuery } as const;
  const routes: Route[] = [
    route({
      ...common,
      path: '/api/v1/me',
      permission: 'any',
      summary: 'Tell whose token this is',
      answer: { status: 200, description: 'Its name, its role, and what that may do.', schema: { type: 'object' } },
      async handle({ operator }) {
        const { name, role } = operator ?? { name: '', role: 'viewer' as const };
        return { body: { name, role, permissions: [...roles[role]], version } };
      },
    }),
    route({
      ...common,
      path: '/api/openapi.json',
      permission: 'open',
      summary: 'This API as an OpenAPI 3.1 document',
      answer: { status: 200, description: 'The document.', schema: { type: 'object' } },
      handle: async () => ({ body: openApiOf([...others, ...routes], version) }),
    }),
    route({
      ...common,
      path: '/api/docs',
      permission: 'open',
      summary: 'This API as a page to read',
      answer: { status: 200, description: 'HTML.' },
      async handle() {
        const { html, policy } = renderDocs([...others, ...routes], version);
        return { body: html, contentType: 'text/html; charset=utf-8', headers: { 'content-security-policy': policy } };
      },
    }),
  ];
  return routes;
}
