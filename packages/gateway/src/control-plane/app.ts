import { type Context, Hono } from 'hono';
import { asProblem } from './http/as-problem.ts';
import { etagOf, expectedBy } from './http/preconditions.ts';
import { readBody } from './http/read-body.ts';
import type { Answer, Route } from './http/route.ts';
import { mayDo } from './permissions.ts';
import type { Operator } from './operators.ts';
import type { Arrived, ControlPorts } from './ports.ts';
import { Refused } from './refused.ts';
import { allRoutes } from './routes/all-routes.ts';

/** What the server gives along with a request. Absent in tests that have no socket. */
export interface Bindings {
  readonly incoming?: Arrived;
}

type Environment = { Bindings: Bindings };

/** The admin API: every route of the table, and nothing else. */
export function createApp(ports: ControlPorts): Hono<Environment> {
  const app = new Hono<Environment>();
  const routes = allRoutes(ports);
  for (const each of routes) {
    app.on(each.method, each.path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) => answer(each, context, ports));
  }
  app.notFound((context) => {
    const allowed = methodsAt(context.req.path, routes);
    const refused =
      allowed.length === 0
        ? new Refused('not-found', `There is nothing at ${context.req.path}. What there is: /api/docs`)
        : new Refused('method-not-allowed', `${context.req.path} takes ${allowed.join(', ')}.`);
    return problemAnswer(refused, ports, allowed.length === 0 ? {} : { allow: allowed.join(', ') });
  });
  app.onError((error) => problemAnswer(error, ports));
  return app;
}

async function answer(route: Route, context: Context<Environment>, ports: ControlPorts): Promise<Response> {
  const requestId = ports.newId('req_');
  try {
    const { req } = context;
    const address = context.env?.incoming && ports.addressOf(context.env.incoming);
    const operator = await admit(route, req.header('authorization'), { ports, address });
    const answered = await route.handle({
      operator,
      actor: { name: operator?.name ?? 'anybody', requestId, ...(address === undefined ? {} : { sourceIp: address }) },
      params: req.param(),
      query: queryOf(new URL(req.url).searchParams),
      body: await readBody(req.raw, route.body),
      expected: expectedBy(req.raw.headers),
    });
    return toResponse(answered, requestId);
  } catch (error) {
    return problemAnswer(error, ports, { 'x-request-id': requestId });
  }
}

async function admit(
  { permission }: Route,
  authorization: string | undefined,
  { ports, address }: { readonly ports: ControlPorts; readonly address: string | undefined },
): Promise<Operator | undefined> {
  if (permission === 'open') return undefined;
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  const operator = await ports.operators.authenticate(token, address);
  if (permission === 'any' || mayDo(operator.role, permission)) return operator;
  throw new Refused('forbidden', `The token "${operator.name}" may not do this: it needs \`${permission}\`.`);
}

/** A parameter that stands twice would be read differently by different readers. */
function queryOf(search: URLSearchParams): Readonly<Record<string, string>> {
  const query = new Map<string, string>();
  for (const [name, value] of search) {
    if (query.has(name)) throw new Refused('malformed', `The query has \`${name}\` twice.`);
    // No database keeps this character as text, so nothing can be found by it.
    if (value.includes('\0')) throw new Refused('malformed', `\`${name}\` has a character that nothing has.`);
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

/** On every answer. There is nothing here for other sites, for frames or for caches. */
const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

function toResponse({ status = 200, body, contentType, revision, headers }: Answer, requestId: string): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: {
      ...commonHeaders,
      'content-type': contentType ?? 'application/json; charset=utf-8',
      'x-request-id': requestId,
      ...(revision === undefined ? {} : { etag: etagOf(revision) }),
      ...headers,
    },
  });
}

function problemAnswer(error: unknown, { log, newId }: ControlPorts, headers: Record<string, string> = {}): Response {
  const { status, code, message, details } = asProblem(error, (defect) => {
    const id = newId('defect_');
    log.error('the admin API failed', { id, why: defect instanceof Error ? defect.stack : String(defect) });
    return id;
  });
  const extra: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  if (status === 429) extra['retry-after'] = '60';
  return new Response(JSON.stringify({ error: { code, message, details } }), {
    status,
    headers: { ...commonHeaders, 'content-type': 'application/json; charset=utf-8', ...extra, ...headers },
  });
}

function methodsAt(path: string, routes: readonly Route[]): readonly string[] {
  const fits = (pattern: string) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  return [...new Set(routes.filter((each) => fits(each.path)).map(({ method }) => method))];
}
