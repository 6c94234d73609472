import { Failure } from '../../core/failure.ts';
import type { DialectName } from '../../core/items.ts';
import { providerDialects } from '../../dialects/registry.ts';
import { fitBody } from '../../dialects/shared/fit-body.ts';
import { authorize } from '../../providers/authorize.ts';
import { endpointOf } from '../../providers/endpoint.ts';
import { freeCheckOf } from '../../providers/free-check.ts';
import type { Deployment } from '../../routing/plan.ts';
import type { UpstreamCall } from '../../upstream/upstream.ts';

const deadlines = { connectMs: 10_000, headersMs: 30_000, idleMs: 30_000 };

/** Some vendors refuse to be asked for fewer. */
const fewTokens = 16;

type Asked = Pick<Deployment, 'provider' | 'model' | 'credential'>;

/** The dialect in which a provider's answers to checks are read. */
export function checkDialect({ provider }: Pick<Deployment, 'provider'>): DialectName {
  const [dialect] = provider.speaks;
  if (dialect === undefined) throw new Failure('meaning-lost', `The provider "${provider.name}" speaks no dialect.`);
  return dialect;
}

/** The call of a check: for a few tokens of a model, or without a model for what costs nothing. */
export function checkCall(deployment: Asked, signal: AbortSignal): UpstreamCall {
  const { provider, model, credential } = deployment;
  const { headers, ...asked } = model === '' ? freeCheck(deployment) : modelCheck(deployment);
  return {
    ...asked,
    headers: {
      'accept-encoding': 'identity',
      'user-agent': 'turnpike',
      ...headers,
      ...provider.headers,
      ...authorize(provider, credential),
    },
    ...(credential.authorizer ? { authorizer: credential.authorizer } : {}),
    deadlines,
    allowPrivate: provider.allowPrivate,
    signal,
  };
}

type Question = Pick<UpstreamCall, 'origin' | 'path' | 'method' | 'headers' | 'body'>;

function freeCheck({ provider }: Asked): Question {
  const endpoint = freeCheckOf(provider);
  if (!endpoint) throw new TypeError('a check without a model is configured only where there is something to ask');
  return { ...endpoint, method: 'GET', headers: { accept: 'application/json' }, body: [] };
}

function modelCheck(deployment: Asked): Question {
  const { provider, model } = deployment;
  const { issuer, quirks } = provider;
  const dialect = checkDialect(deployment);
  const question = {
    model,
    stream: true,
    items: [{ type: 'message', role: 'user', parts: [{ type: 'text', text: 'Say yes.' }] }],
    tools: [],
    maxOutputTokens: fewTokens,
  } as const;
  const { body, headers } = providerDialects[dialect].encodeRequest(question, { model, issuer, abilities: {}, quirks });
  return {
    ...endpointOf(provider, dialect, model, true),
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: [Buffer.from(JSON.stringify(fitBody(body, quirks)))],
  };
}
