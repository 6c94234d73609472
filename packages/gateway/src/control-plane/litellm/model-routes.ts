import type { Json, JsonObject } from '../../core/json.ts';
import { LiteLlmFailure } from './failure.ts';
import type { KnownModel } from './ports.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, selfOf } from './route.ts';

/** `/model/info` and its kin: what dashboards and agents want to know of models. */
export function modelRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const read = { method: 'GET', permission: 'resources:read', ofOneself: true } as const;
  return [
    { ...read, path: '/model/info', handle: async (call) => info(call, tools) },
    { ...read, path: '/v1/model/info', handle: async (call) => info(call, tools) },
    { ...read, path: '/v2/model/info', handle: async (call) => info(call, tools) },
    { ...read, path: '/model_group/info', handle: async (call) => groups(call, tools) },
  ];
}

/** A virtual key is told of what it may use. */
function modelsFor(call: Call, tools: LiteLlmTools): readonly KnownModel[] {
  return tools.models(selfOf(call)?.principal);
}

function info(call: Call, tools: LiteLlmTools): Json {
  const id = call.query.get('litellm_model_id');
  const name = call.query.get('model');
  const found = modelsFor(call, tools).filter((each) => (!id || each.name === id) && (!name || each.name === name));
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

function groups(call: Call, tools: LiteLlmTools): Json {
  const name = call.query.get('model_group');
  const found = modelsFor(call, tools).filter((each) => !name || each.name === name);
  const data = found.map((each) => ({ model_group: each.name, providers: [each.provider], ...factsOf(each) }));
  return { data };
}
