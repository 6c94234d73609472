import type { Json, JsonObject } from '../../core/json.ts';
import { LiteLlmFailure } from './failure.ts';
import type { KnownModel } from './ports.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, selfOf } from './route.ts';

/** `/model/info` and its kin: what dashboards and agents want to know of models. */
export function modelRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const read = { method: 'GET', permission: 'resources:read', ofOneself: true } as const;
  return [
    { ...read, path: '/model/info', handle: (call) => info(call, tools) },
    { ...read, path: '/v1/model/info', handle: (call) => info(call, tools) },
    { ...read, path: '/v2/model/info', handle: (call) => info(call, tools) },
    { ...read, path: '/model_group/info', handle: (call) => groups(call, tools) },
  ];
}

/** A virtual key is told of what it may use. Who asks for one name is told of that, offered or not. */
async function modelsFor(call: Call, names: readonly string[], tools: LiteLlmTools): Promise<readonly KnownModel[]> {
  const caller = selfOf(call)?.principal;
  const [name, ...others] = names;
  if (name === undefined) return tools.models(caller);
  const model = others.every((other) => other === name) ? tools.model(name, caller) : undefined;
  return model ? [model] : [];
}

function asked({ query }: Call, ...fields: readonly string[]): readonly string[] {
  return fields.flatMap((field) => query.get(field) || []);
}

async function info(call: Call, tools: LiteLlmTools): Promise<Json> {
  const found = await modelsFor(call, asked(call, 'litellm_model_id', 'model'), tools);
  const id = call.query.get('litellm_model_id');
  if (id && found.length === 0)
    throw new LiteLlmFailure(400, `Model id = ${id} not found on litellm proxy.`, 'litellm_model_id');
  return { data: found.map(describeModel) };
}

function describeModel(known: KnownModel): JsonObject {
  return {
    model_name: known.name,
    litellm_params: { model: `${known.provider}/${known.model}`, custom_llm_provider: known.provider },
    model_info: { id: known.name, db_model: false, key: known.model, ...factsOf(known) },
  };
}

function factsOf(known: KnownModel): JsonObject {
  return {
    mode: 'chat',
    litellm_provider: known.provider,
    max_tokens: known.maxOutputTokens ?? null,
    max_input_tokens: known.contextWindow ?? null,
    max_output_tokens: known.maxOutputTokens ?? null,
    input_cost_per_token: known.inputCostPerToken ?? null,
    output_cost_per_token: known.outputCostPerToken ?? null,
    cache_read_input_token_cost: known.cachedInputCostPerToken ?? null,
    supports_function_calling: known.tools ?? null,
    supports_vision: known.images ?? null,
    supports_reasoning: known.reasoning ?? null,
  };
}

async function groups(call: Call, tools: LiteLlmTools): Promise<Json> {
  const found = await modelsFor(call, asked(call, 'model_group'), tools);
  const data = found.map((each) => ({ model_group: each.name, providers: [each.provider], ...factsOf(each) }));
  return { data };
}
