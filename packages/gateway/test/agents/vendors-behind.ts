import type { DialectName } from '../../src/core/items.ts';
import type { Document } from '../kit/gateway-process.ts';
import type { Script } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';

/** The providers that sessions are run against: the dialects at home, and Responses at somebody who knows nothing of Codex. */
export const vendorNames = ['claude', 'gemini', 'qwen', 'bedrock', 'cohere', 'openai', 'elsewhere'] as const;
export type VendorName = (typeof vendorNames)[number];

interface Entry {
  readonly dialect: DialectName;
  readonly kind: string;
  readonly model: string;
  /** Somebody to whom nothing of Codex's own may be told. */
  readonly foreign: boolean;
}

export const vendorEntries: Readonly<Record<VendorName, Entry>> = {
  claude: { dialect: 'messages', kind: 'anthropic', model: 'claude-sonnet-4-5', foreign: true },
  gemini: { dialect: 'gemini', kind: 'gemini', model: 'gemini-3-pro-preview', foreign: true },
  qwen: { dialect: 'chat', kind: 'openai-compatible', model: 'qwen3-coder', foreign: true },
  bedrock: {
    dialect: 'converse',
    kind: 'bedrock',
    model: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    foreign: true,
  },
  cohere: { dialect: 'cohere', kind: 'cohere', model: 'command-a-03-2025', foreign: true },
  openai: { dialect: 'responses', kind: 'openai', model: 'gpt-5.5', foreign: false },
  elsewhere: { dialect: 'responses', kind: 'openai-compatible', model: 'open-model', foreign: true },
};

/** What upstream is shown as its key. */
export const upstreamKey = 'sk-upstream-0123456789';

export interface VendorsBehind {
  readonly upstreams: Readonly<Record<VendorName, ScriptedUpstream>>;
  readonly providers: NonNullable<Document['providers']>;
  stop(): Promise<void>;
}

/** Starts every vendor with the same script. */
export async function startVendors(script: Script): Promise<VendorsBehind> {
  const start = (name: VendorName) => startUpstream({ dialect: vendorEntries[name].dialect, script, name });
  const upstreams = {
    claude: await start('claude'),
    gemini: await start('gemini'),
    qwen: await start('qwen'),
    bedrock: await start('bedrock'),
    cohere: await start('cohere'),
    openai: await start('openai'),
    elsewhere: await start('elsewhere'),
  };
  const providers: NonNullable<Document['providers']> = {};
  for (const name of vendorNames) {
    const { kind, dialect } = vendorEntries[name];
    const speaks = kind === 'openai-compatible' ? { speaks: [dialect] } : {};
    providers[name] = { kind, base_url: upstreams[name].baseUrl, keys: [{ value: 'env:UPSTREAM_KEY' }], ...speaks };
  }
  return {
    upstreams,
    providers,
    async stop() {
      await Promise.all(vendorNames.map((name) => upstreams[name].stop()));
    },
  };
}
