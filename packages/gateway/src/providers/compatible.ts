import type { Vendor } from './provider.ts';

/** The kind of a server that nobody here knows: its user says where it is and what it speaks. */
const genericKind = 'openai-compatible';

/** What a row must say. The rest has defaults that fit most. */
type Row = Omit<Vendor, 'speaks' | 'auth' | 'environment' | 'issuer'> & Partial<Vendor>;

/** OpenAI's own fields that strict vendors answer with status 400. */
const openaiOnly = ['prompt_cache_key', 'service_tier', 'verbosity'];

/**
 * One line each. A row claims only what the vendor's page says; where that is silent the cautious default holds.
 * Dialects that exist only in beta, only for some models or only in recent versions of a local server are left to the
 * configuration (`speaks`): chat completions, which all of them do well, is the safer road for an agent's session.
 */
// biome-ignore format: one vendor, one line
const rows: readonly Row[] = [
  {
    kind: 'mistral',
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    environment: ['MISTRAL_API_KEY'],
    priceId: 'mistral',
    // https://docs.mistral.ai/api/endpoint/chat: what is not listed there is refused with 422; usage comes unasked.
    quirks: {
      omit: ['service_tier', 'verbosity', 'store', 'user', 'seed', 'logit_bias', 'logprobs', 'top_logprobs'],
      maxTokensField: 'max_tokens',
      structuredOutput: 'json_schema',
      noStreamOptions: true,
    },
    docs: 'https://docs.mistral.ai/api',
  },
  {
    kind: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    environment: ['GROQ_API_KEY'],
    priceId: 'groq',
    // https://console.groq.com/docs/openai#currently-unsupported-openai-features: these are answered with 400.
    quirks: {
      omit: [...openaiOnly, 'logprobs', 'top_logprobs', 'logit_bias'],
      maxTokensField: 'max_completion_tokens',
      effort: 'reasoning_effort',
      structuredOutput: 'json_schema',
    },
    docs: 'https://console.groq.com/docs/openai',
  },
  {
    kind: 'cerebras',
    title: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    environment: ['CEREBRAS_API_KEY'],
    priceId: 'cerebras',
    // https://inference-docs.cerebras.ai/resources/openai: fields answered with 400. Tools: many of its models refuse `strict`, calls one at
    // a time and lengths of arrays (https://github.com/livekit/agents/pull/3134, https://github.com/agno-agi/agno/issues/4508).
    quirks: {
      omit: [...openaiOnly, 'frequency_penalty', 'presence_penalty', 'logit_bias', 'parallel_tool_calls'],
      noStrictTools: true,
      schemaOmit: ['minItems', 'maxItems'],
      maxTokensField: 'max_completion_tokens',
      effort: 'reasoning_effort',
      structuredOutput: 'json_schema',
    },
    docs: 'https://inference-docs.cerebras.ai/resources/openai',
  },
  {
    kind: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    speaks: ['chat', 'messages'],
    environment: ['OPENROUTER_API_KEY'],
    takesRoutingFields: true,
    priceId: 'openrouter',
    quirks: {
      effort: 'openrouter',
      structuredOutput: 'json_schema',
      reasoningField: 'reasoning',
      // https://openrouter.ai/docs/guides/features/server-tools/web-search: the older plugin would search in every request.
      webSearch: { type: 'openrouter:web_search' },
    },
    docs: 'https://openrouter.ai/docs/quickstart',
  },
  {
    kind: 'xai',
    title: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    speaks: ['responses', 'chat'],
    environment: ['XAI_API_KEY'],
    priceId: 'x-ai',
    // https://docs.x.ai/developers/tools/overview and, for what models that reason refuse (all current ones do),
    // https://docs.x.ai/developers/model-capabilities/text/reasoning
    quirks: {
      hostedTools: ['web_search', 'code_interpreter'],
      omit: ['presence_penalty', 'frequency_penalty', 'stop'],
      noReasoningSummary: true,
    },
    docs: 'https://docs.x.ai/developers/model-capabilities/text/comparison',
  },
  {
    kind: 'deepseek',
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    speaks: ['chat', 'messages'],
    // https://api-docs.deepseek.com/guides/anthropic_api
    places: { messages: { path: '/anthropic/v1/messages' } },
    environment: ['DEEPSEEK_API_KEY'],
    priceId: 'deepseek',
    quirks: { structuredOutput: 'json_object', reasoningField: 'reasoning_content' },
    docs: 'https://api-docs.deepseek.com',
  },
  {
    kind: 'fireworks',
    title: 'Fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    speaks: ['chat', 'messages'],
    environment: ['FIREWORKS_API_KEY'],
    priceId: 'fireworks',
    quirks: { structuredOutput: 'json_schema' },
    docs: 'https://docs.fireworks.ai/tools-sdks/openai-compatibility',
  },
  {
    kind: 'together',
    title: 'Together',
    baseUrl: 'https://api.together.ai/v1',
    environment: ['TOGETHER_API_KEY'],
    priceId: 'together',
    quirks: { structuredOutput: 'json_schema' },
    docs: 'https://docs.together.ai/docs/inference/openai-compatibility',
  },
  {
    kind: 'nebius',
    title: 'Nebius',
    baseUrl: 'https://api.tokenfactory.nebius.com/v1',
    environment: ['NEBIUS_API_KEY'],
    docs: 'https://docs.tokenfactory.nebius.com/api-reference/introduction',
  },
  {
    kind: 'perplexity',
    title: 'Perplexity',
    baseUrl: 'https://api.perplexity.ai/v1',
    speaks: ['responses'],
    environment: ['PERPLEXITY_API_KEY'],
    priceId: 'perplexity',
    // https://docs.perplexity.ai/docs/agent-api/tools
    quirks: { hostedTools: ['web_search'] },
    docs: 'https://docs.perplexity.ai/docs/grounded-llm/openai-compatibility',
  },
  {
    kind: 'huggingface',
    title: 'Hugging Face',
    baseUrl: 'https://router.huggingface.co/v1',
    environment: ['HF_TOKEN'],
    priceId: 'huggingface',
    docs: 'https://huggingface.co/docs/inference-providers',
  },
  {
    kind: 'moonshot',
    title: 'Moonshot',
    baseUrl: 'https://api.moonshot.ai/v1',
    environment: ['MOONSHOT_API_KEY'],
    priceId: 'moonshotai',
    speaks: ['chat', 'messages'],
    // https://platform.kimi.ai/docs/api/overview
    places: { messages: { path: '../anthropic/v1/messages' } },
    // https://platform.kimi.ai/docs/guide/migrating-from-openai-to-kimi: sampling is fixed by the model and refused where it differs, a
    // call cannot be demanded.
    quirks: {
      structuredOutput: 'json_object',
      reasoningField: 'reasoning_content',
      omit: ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'],
      toolChoices: ['none'],
    },
    docs: 'https://platform.kimi.ai/docs/api/overview',
  },
  {
    kind: 'zai',
    title: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    environment: ['ZAI_API_KEY'],
    priceId: 'zai',
    speaks: ['chat', 'messages'],
    // https://docs.z.ai/devpack/tool/claude
    places: { messages: { path: '../../anthropic/v1/messages' } },
    // https://docs.z.ai/api-reference/llm/chat-completion: `tool_choice` takes only "auto".
    quirks: {
      structuredOutput: 'json_object',
      reasoningField: 'reasoning_content',
      maxTokensField: 'max_tokens',
      toolChoices: [],
    },
    docs: 'https://docs.z.ai/api-reference/introduction',
  },
  {
    kind: 'alibaba',
    title: 'Alibaba Model Studio',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    environment: ['DASHSCOPE_API_KEY'],
    // https://www.alibabacloud.com/help/en/model-studio/anthropic-api-messages: for some models, so `speaks` leaves it to the configuration.
    places: { messages: { path: '../../apps/anthropic/v1/messages' } },
    quirks: { structuredOutput: 'json_object' },
    docs: 'https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope',
  },
  {
    kind: 'minimax',
    title: 'MiniMax',
    baseUrl: 'https://api.minimax.io/anthropic',
    speaks: ['messages'],
    auth: 'x-api-key',
    environment: ['MINIMAX_API_KEY'],
    priceId: 'minimax',
    docs: 'https://platform.minimax.io/docs/api-reference/text-anthropic-api',
  },
  {
    kind: 'deepinfra',
    title: 'DeepInfra',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    environment: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
    docs: 'https://deepinfra.com/docs/advanced/openai_api',
  },
  {
    kind: 'sambanova',
    title: 'SambaNova',
    baseUrl: 'https://api.sambanova.ai/v1',
    environment: ['SAMBANOVA_API_KEY'],
    docs: 'https://docs.sambanova.ai/docs/en/features/openai-compatibility',
  },
  {
    kind: 'nvidia',
    title: 'NVIDIA NIM',
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    environment: ['NVIDIA_API_KEY'],
    priceId: 'nvidia',
    docs: 'https://docs.api.nvidia.com/nim/reference',
  },
  {
    kind: 'novita',
    title: 'Novita',
    baseUrl: 'https://api.novita.ai/openai/v1',
    environment: ['NOVITA_API_KEY'],
    priceId: 'novita',
    docs: 'https://novita.ai/docs/guides/llm-api',
  },
  {
    kind: 'baseten',
    title: 'Baseten',
    baseUrl: 'https://inference.baseten.co/v1',
    environment: ['BASETEN_API_KEY'],
    priceId: 'baseten',
    docs: 'https://docs.baseten.co/reference/inference-api/chat-completions',
  },
  {
    kind: 'hyperbolic',
    title: 'Hyperbolic',
    baseUrl: 'https://api.hyperbolic.xyz/v1',
    environment: ['HYPERBOLIC_API_KEY'],
    docs: 'https://docs.hyperbolic.xyz',
  },
  {
    kind: 'vercel',
    title: 'Vercel AI Gateway',
    baseUrl: 'https://ai-gateway.vercel.sh/v1',
    speaks: ['chat', 'messages'],
    environment: ['AI_GATEWAY_API_KEY'],
    quirks: { structuredOutput: 'json_schema', effort: 'reasoning_effort' },
    docs: 'https://vercel.com/docs/ai-gateway/sdks-and-apis/openai-chat-completions',
  },
  {
    kind: 'cloudflare',
    title: 'Cloudflare Workers AI',
    baseUrl: 'https://api.cloudflare.com/client/v4',
    project: { environment: ['CLOUDFLARE_ACCOUNT_ID'] },
    places: { chat: { path: '/accounts/{project}/ai/v1/chat/completions' } },
    environment: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
    docs: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility',
  },
  {
    kind: 'github',
    title: 'GitHub Models',
    baseUrl: 'https://models.github.ai/inference',
    // Not GITHUB_TOKEN: it lies in many environments for other things.
    environment: ['GITHUB_MODELS_TOKEN'],
    docs: 'https://docs.github.com/en/rest/models/inference',
  },
  {
    kind: 'siliconflow',
    title: 'SiliconFlow',
    baseUrl: 'https://api.siliconflow.com/v1',
    environment: ['SILICONFLOW_API_KEY'],
    docs: 'https://docs.siliconflow.com/en/api-reference/chat-completions/chat-completions',
  },
  {
    kind: 'scaleway',
    title: 'Scaleway',
    baseUrl: 'https://api.scaleway.ai/v1',
    environment: ['SCW_SECRET_KEY'],
    docs: 'https://www.scaleway.com/en/docs/generative-apis',
  },
  {
    kind: 'venice',
    title: 'Venice',
    baseUrl: 'https://api.venice.ai/api/v1',
    environment: ['VENICE_API_KEY'],
    docs: 'https://docs.venice.ai/api-reference/api-spec',
  },
  {
    kind: 'friendli',
    title: 'Friendli',
    baseUrl: 'https://api.friendli.ai/serverless/v1',
    environment: ['FRIENDLI_TOKEN'],
    docs: 'https://friendli.ai/docs/guides/openai-compatibility',
  },
  {
    kind: 'chutes',
    title: 'Chutes',
    baseUrl: 'https://llm.chutes.ai/v1',
    environment: ['CHUTES_API_KEY'],
    docs: 'https://chutes.ai/docs',
  },
  {
    kind: 'byteplus',
    title: 'BytePlus ModelArk',
    baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
    environment: ['ARK_API_KEY'],
    docs: 'https://docs.byteplus.com/en/docs/ModelArk/1298459',
  },
  {
    kind: 'inception',
    title: 'Inception',
    baseUrl: 'https://api.inceptionlabs.ai/v1',
    environment: ['INCEPTION_API_KEY'],
    docs: 'https://docs.inceptionlabs.ai',
  },
  {
    kind: 'llamacpp',
    title: 'llama.cpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    local: true,
    docs: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  },
  {
    kind: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    local: true,
    quirks: { effort: 'reasoning_effort' },
    docs: 'https://docs.ollama.com/api/openai-compatibility',
  },
  {
    kind: 'lmstudio',
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    local: true,
    // https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670
    quirks: { toolChoices: ['none', 'required'] },
    docs: 'https://lmstudio.ai/docs/developer/openai-compat',
  },
  {
    kind: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    local: true,
    docs: 'https://docs.vllm.ai/en/stable/serving/online_serving.html',
  },
  {
    kind: 'sglang',
    title: 'SGLang',
    baseUrl: 'http://127.0.0.1:30000/v1',
    local: true,
    docs: 'https://docs.sglang.io/docs/basic_usage/send_request',
  },
  {
    kind: genericKind,
    title: 'Any OpenAI-compatible server',
    separate: true,
    docs: 'https://platform.openai.com/docs/api-reference/chat',
  },
];

/** Vendors that speak another's dialect and need nothing but facts. */
export const compatible: readonly Vendor[] = rows.map((row) => ({
  speaks: ['chat'],
  auth: 'bearer',
  environment: [],
  issuer: row.kind,
  ...row,
  // The Messages dialect wants its version named.
  ...(row.speaks?.includes('messages') ? { headers: { 'anthropic-version': '2023-06-01', ...row.headers } } : {}),
}));
