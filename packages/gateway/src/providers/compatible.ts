import type { Vendor } from './provider.ts';

/** The kind of a server that nobody here knows: its user says where it is and what it speaks. */
export const genericKind = 'openai-compatible';

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
    quirks: { omit: ['service_tier', 'verbosity'], structuredOutput: 'json_schema', noStreamOptions: true },
    docs: 'https://docs.mistral.ai/api',
  },
  {
    kind: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    environment: ['GROQ_API_KEY'],
    priceId: 'groq',
    quirks: {
      omit: openaiOnly,
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
    quirks: {
      omit: openaiOnly,
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
    // https://docs.x.ai/developers/tools/overview
    quirks: { hostedTools: ['web_search', 'code_interpreter'] },
    docs: 'https://docs.x.ai/developers/model-capabilities/text/comparison',
  },
  {
    kind: 'deepseek',
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
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
    quirks: { structuredOutput: 'json_object', reasoningField: 'reasoning_content' },
    docs: 'https://platform.kimi.ai/docs/api/overview',
  },
  {
    kind: 'zai',
    title: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    environment: ['ZAI_API_KEY'],
    priceId: 'zai',
    quirks: { structuredOutput: 'json_object', reasoningField: 'reasoning_content' },
    docs: 'https://docs.z.ai/api-reference/introduction',
  },
  {
    kind: 'alibaba',
    title: 'Alibaba Model Studio',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    environment: ['DASHSCOPE_API_KEY'],
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
