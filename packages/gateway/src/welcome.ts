import { Secret } from './core/secret.ts';
import type { Configuration } from './config/load-configuration.ts';

/** What a person reads after the start: where to point an agent, and with which key. */
export function welcome(url: string, configuration: Configuration): string {
  const { snapshot, generatedKey } = configuration;
  const providers = [...snapshot.providers.values()];
  const onlyDemo = providers.every((provider) => provider.vendor.kind === 'demo');
  const lines = [
    '',
    '  Turnpike is running.',
    '',
    `  OpenAI and Codex   ${url}/openai/v1`,
    `  Anthropic          ${url}/anthropic`,
    `  Gemini             ${url}/gemini`,
    ...(generatedKey
      ? [`  Virtual key        ${generatedKey.isNew ? generatedKey.value : `in ${generatedKey.path}`}`]
      : []),
    ...adminLines(url, configuration),
    `  Providers          ${providers.map((provider) => provider.name).join(', ')}`,
    '',
    ...(onlyDemo
      ? [
          '  No provider is configured, so a built-in demo model answers. To use real models, set a key such as',
          '  OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY and start again.',
          '',
        ]
      : []),
    '  Try it with Codex:',
    '',
    `    export TURNPIKE_KEY=${generatedKey?.isNew ? generatedKey.value : generatedKey ? `$(cat ${generatedKey.path})` : '<your virtual key>'}`,
    `    codex -c model_provider=turnpike -c 'model_providers.turnpike={name="Turnpike",base_url="${url}/openai/v1",env_key="TURNPIKE_KEY"}'`,
    '',
    '',
  ];
  return lines.join('\n');
}

/** Where to manage the gateway, and with which token, which is shown once. */
function adminLines(url: string, { snapshot, adminToken }: Configuration): readonly string[] {
  if (!snapshot.admin.isOn) return [];
  const lines = [`  Admin API          ${url}/api/docs`];
  if (!adminToken || adminToken instanceof Secret) return lines;
  return [...lines, `  Admin token        ${adminToken.isNew ? adminToken.value : `in ${adminToken.path}`}`];
}
