import { describe, expect, it } from 'vitest';
import { usageOf as chatUsage } from './chat/usage.ts';
import { usageOf as geminiUsage } from './gemini/usage.ts';
import { createUsageReader, writeUsage } from './messages/usage.ts';
import { usageOf as responsesUsage } from './responses/usage.ts';

describe('what providers tell beside plain token counts', () => {
  it('is read from Responses: the tier served, and searches of the web', () => {
    const usage = { input_tokens: 9, output_tokens: 4, input_tokens_details: { audio_tokens: 0, image_tokens: 5 } };
    const tool_usage = { web_search: { num_requests: 2 } };
    const told = responsesUsage({ usage, tool_usage, service_tier: 'flex' });
    expect(told).toMatchObject({ inputImageTokens: 5, units: { 'web-search': 2 }, serviceTier: 'flex' });
    expect(told).not.toHaveProperty('inputAudioTokens');
    expect(responsesUsage({ usage, tool_usage: { web_search: { num_requests: 0 } } })).not.toHaveProperty('units');
  });

  it('is read from Chat Completions: the tier served, and audio', () => {
    const usage = {
      prompt_tokens: 30,
      completion_tokens: 20,
      prompt_tokens_details: { audio_tokens: 25 },
      completion_tokens_details: { audio_tokens: 12 },
    };
    const told = chatUsage({ usage, service_tier: 'priority' });
    expect(told).toMatchObject({ inputAudioTokens: 25, outputAudioTokens: 12, serviceTier: 'priority' });
    expect(chatUsage({ usage, service_tier: null })).not.toHaveProperty('serviceTier');
  });

  it('is read from Messages in pieces, and written back', () => {
    const reader = createUsageReader();
    reader.add({ input_tokens: 10, service_tier: 'batch' });
    reader.add({ output_tokens: 5, server_tool_use: { web_search_requests: 3 } });
    expect(reader.told()).toMatchObject({ serviceTier: 'batch', units: { 'web-search': 3 } });
    expect(writeUsage(reader.told())).toMatchObject({
      service_tier: 'batch',
      server_tool_use: { web_search_requests: 3 },
    });
    reader.add({ speed: 'fast' });
    expect(reader.told()?.serviceTier).toBe('fast');
    expect(writeUsage(reader.told())).toMatchObject({ speed: 'fast' });
  });

  it('is read from Gemini by modality, and Vertex’s kind of traffic as a tier', () => {
    const usageMetadata = {
      promptTokenCount: 40,
      candidatesTokenCount: 9,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 10 },
        { modality: 'AUDIO', tokenCount: 30 },
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 8 }],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 7 }],
    };
    const told = geminiUsage({ usageMetadata: { ...usageMetadata, trafficType: 'ON_DEMAND_FLEX' } });
    expect(told).toMatchObject({
      inputAudioTokens: 30,
      cachedAudioTokens: 8,
      outputImageTokens: 7,
      serviceTier: 'flex',
    });
    expect(geminiUsage({ usageMetadata: { ...usageMetadata, trafficType: 'ON_DEMAND' } })).not.toHaveProperty(
      'serviceTier',
    );
  });
});
