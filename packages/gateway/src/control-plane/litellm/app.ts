import { type Context, Hono } from 'hono';
import type { Json } from '../../core/json.ts';
import type { Arrived } from '../ports.ts';
import { admit } from './admit.ts';
import { allLiteLlmRoutes } from './all-routes.ts';
import { answerOf, LiteLlmFailure } from './failure.ts';
import { createLimitFinder } from './limit-slots.ts';
import type { LiteLlmPorts } from './ports.ts';
import { parseBody } from './read-request.ts';
import type { LiteLlmRoute } from './route.ts';

type Environment = { Bindings: { readonly incoming?: Arrived } };

/** LiteLLM's management API over our resources: its paths, its fields, its errors. */
export function createLiteLlmApp(ports: LiteLlmPorts): Hono<Environment> {
  const app = new Hono<Environment>();
  const tools = { ...ports, limits: createLimitFinder(ports.directory) };
  for (const route of allLiteLlmRoutes(tools)) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app.on(route.method, path, (context) => answer(route, context, ports));
  }
  return app;
}

const maxBodyBytes = 1024 * 1024;

async function answer(route: LiteLlmRoute, { req, env }: Context<Environment>, ports: LiteLlmPorts): Promise<Response> {
  const requestId = ports.newId('req_');
  try {
    const address = env?.incoming && ports.addressOf(env.incoming);
    const caller = await admit(route, { headers: req.raw.headers, address }, ports);
    const name = caller && ('operator' in caller ? caller.operator.name : caller.principal.name);
    const body = await route.handle({
      caller,
      actor: { name: name ?? 'anybody', requestId, ...(address === undefined ? {} : { sourceIp: address }) },
      params: req.param(),
      query: queryOf(req.url),
      body: req.method === 'GET' ? {} : parseBody(await readText(req.raw)),
    });
    return json(200, body, requestId);
  } catch (error) {
    const { status, body } = answerOf(error, (defect) => {
      const id = ports.newId('defect_');
      ports.log.error('the management API failed', {
        id,
        why: defect instanceof Error ? defect.stack : String(defect),
      });
      return id;
    });
    return json(status, body, requestId);
  }
}

/** No name and no date has a NUL, and no database takes one. */
function queryOf(url: string): URLSearchParams {
  const query = new URL(url).searchParams;
  for (const [name, value] of query) {
    if (value.includes('\0')) throw new LiteLlmFailure(400, `\`${name}\` has a character that nothing has.`, name);
  }
  return query;
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) throw new LiteLlmFailure(413, `The body has more than ${maxBodyBytes} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function json(status: number, body: Json, requestId: string): Response {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  return new Response(JSON.stringify(body), { status, headers });
}
