import { codexModel } from '@turnpike/contract/codex-models';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../../test/kit/configuration.ts';
import { principalWith } from '../../../test/kit/identity.ts';
import { arrayAt, numberAt, objectAt, textAt } from '../../../test/kit/json-access.ts';
import type { ModelFacts } from '../../catalog/catalog.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import type { LogFields } from '../../core/log.ts';
import { codexEntry, effortsFor } from './codex-entry.ts';
import { createCodexWriter } from './codex-document.ts';
import { createListing, type ListedModel } from './listed-models.ts';
import { anthropicModelList, geminiModelList } from './model-lists.ts';

const document = `
providers:
  anthropic: { keys: [{ value: sk-0123456789 }] }
  local:
    kind: openai-compatible
    base_url: http://127.0.0.1:9
    keyless: true
    models:
      coder: { context_window: 32000, max_output_tokens: 32000, images: false, reasoning_efforts: [low, turbo, high] }
      poet: { tools: false }
models:
  team/best: { targets: [anthropic/claude-sonnet-5] }
  mystery: { targets: [local/unheard-of], abilities: { context_window: 50000 } }
  deaf: { targets: [anthropic/claude-sonnet-5], abilities: { tools: false } }
  rhymes: { targets: [local/poet], abilities: { tools: true } }
utility_model: local/coder
virtual_keys: [{ name: a, value: vk-0123456789abcdef01 }]
`;

async function listed(models = ['*'], text = document): Promise<readonly ListedModel[]> {
  const { snapshot } = await goodConfiguration(text);
  return finished(createListing(snapshot).models({ principal: principalWith({ models }), nowMs: 0 }));
}

/** What a work comes to that is done in steps. */
function finished<Made>(work: Generator<void, Made>): Made {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

async function entryOf(name: string, version = '0.169.0') {
  const model = (await listed()).find((each) => each.name === name);
  if (!model) throw new Error(`${name} is not listed`);
  return codexEntry(model, 1, effortsFor(version));
}

const told: [string, LogFields | undefined][] = [];
const log = {
  info: () => {},
  warn: (message: string, fields?: LogFields) => void told.push([message, fields]),
  error: () => {},
};

function documentOf(models: readonly ListedModel[]): JsonObject {
  const text = finished(createCodexWriter(log).document(models, effortsFor('0.169.0')));
  return objectAt({ document: parseJson(text) ?? null }, 'document');
}

describe('the list of models', () => {
  it('begins with configured names, then offers provider/model, and knows the models by their own names too', async () => {
    const models = await listed();
    expect(models.slice(0, 3).map(({ name }) => name)).toEqual(['team/best', 'mystery', 'rhymes']);
    const offered = (name: string) => models.find((model) => model.name === name)?.offered;
    expect(offered('anthropic/claude-sonnet-5')).toBe(true);
    expect(offered('local/coder')).toBe(true);
    expect(offered('claude-sonnet-5')).toBe(false);
    expect(offered('coder')).toBe(false);
    expect(offered('local/unheard-of')).toBe(false);
    expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
  });

  it('leaves out models without tools, as the configuration last says', async () => {
    const names = (await listed()).map(({ name }) => name);
    expect(names).toContain('rhymes');
    for (const name of ['deaf', 'local/poet', 'poet']) expect(names).not.toContain(name);
  });

  it('holds only what the key may use', async () => {
    expect((await listed(['team/*', 'coder'])).map(({ name }) => name)).toEqual(['team/best', 'coder']);
    expect(await listed([])).toEqual([]);
  });

  it('knows the hidden models of agents where another model stands in for them', async () => {
    const models = await listed();
    const standIn = models.find(({ name }) => name === 'codex-auto-review');
    expect(standIn).toMatchObject({ offered: false, target: { model: 'coder' } });
    expect(models.find(({ name }) => name === 'claude-haiku-4-5')?.target.model).toBe('claude-haiku-4-5');
    const restricted = await listed(['team/*']);
    expect(restricted.map(({ name }) => name)).toEqual(['team/best']);
  });

  it('is one document for OpenAI’s readers and for Codex', async () => {
    const list = documentOf(await listed());
    expect(list).toMatchObject({
      object: 'list',
      data: expect.arrayContaining([{ id: 'team/best', object: 'model', created: 0, owned_by: 'anthropic' }]),
      models: expect.arrayContaining([expect.objectContaining({ slug: 'claude-sonnet-5', visibility: 'hide' })]),
    });
  });

  it('leaves out an odd entry, and says so', async () => {
    const models = (await listed()).map((model) =>
      model.name === 'team/best' ? { ...model, facts: { ...model.facts, contextWindow: Number.NaN } } : model,
    );
    told.length = 0;
    const list = documentOf(models);
    const entries = arrayAt(list, 'models');
    expect(entries.map((entry) => numberAt(entry, 'priority'))).toEqual(models.slice(1).map((_, at) => at + 1));
    expect(entries.map((entry) => textAt(entry, 'slug'))).not.toContain('team/best');
    expect(told).toMatchObject([['a model is not listed for Codex', { model: 'team/best', field: 'context_window' }]]);
  });

  it('keeps Anthropic’s form for Anthropic’s readers, page by page', async () => {
    const models = await listed(['team/*', 'coder', 'mystery']);
    const first = anthropicModelList(models, { limit: 1 });
    expect(first).toEqual({
      data: [
        {
          type: 'model',
          id: 'team/best',
          display_name: 'team/best',
          created_at: '1970-01-01T00:00:00Z',
          max_input_tokens: 1_000_000,
          max_tokens: 128_000,
        },
      ],
      has_more: true,
      first_id: 'team/best',
      last_id: 'team/best',
    });
    expect(anthropicModelList(models, { limit: 1, after: 'team/best' })).toMatchObject({
      data: [{ id: 'mystery' }],
      has_more: false,
    });
    expect(anthropicModelList([], { limit: 1 })).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  it('keeps Google’s form for Google’s readers, page by page', async () => {
    const models = await listed(['team/*', 'coder', 'mystery']);
    expect(geminiModelList(models, { limit: 1 })).toMatchObject({
      models: [
        {
          name: 'models/team/best',
          displayName: 'team/best',
          supportedGenerationMethods: ['generateContent', 'countTokens'],
          inputTokenLimit: 1_000_000,
        },
      ],
      nextPageToken: 'team/best',
    });
    const last = geminiModelList(models, { limit: 1, after: 'team/best' });
    expect(last).toMatchObject({ models: [{ name: 'models/mystery' }] });
    expect(last).not.toHaveProperty('nextPageToken');
  });
});

describe('an entry for Codex', () => {
  it('tells of input alone as the window, and of a summary in time', async () => {
    const entry = await entryOf('team/best');
    expect(entry).toMatchObject({ context_window: 872_000, auto_compact_token_limit: 784_800 });
    expect(entry.input_modalities).toEqual(['text', 'image']);
    expect(entry.default_reasoning_level).toBe('medium');
    expect(entry.supported_reasoning_levels.map(({ effort }) => effort)).toEqual([
      'low',
      'medium',
      'high',
      'xhigh',
      'max',
    ]);
  });

  it('leaves half of the window to input where the longest answer is said to fill it', async () => {
    expect(await entryOf('coder')).toMatchObject({ context_window: 16_000, input_modalities: ['text'] });
  });

  it('names only efforts that are words of Codex', async () => {
    const efforts = (entry: { supported_reasoning_levels: readonly { effort: string }[] }) =>
      entry.supported_reasoning_levels.map(({ effort }) => effort);
    expect(efforts(await entryOf('coder'))).toEqual(['low', 'high']);
    expect(efforts(await entryOf('team/best', '0.137.0'))).not.toContain('max');
    expect(effortsFor('1.2.3')).toContain('max');
    expect(effortsFor(undefined)).not.toContain('max');
    expect(effortsFor('odd')).not.toContain('max');
  });

  it('is cautious of what nobody knows, and believes the configuration', async () => {
    expect(await entryOf('local/unheard-of')).toMatchObject({
      context_window: 128_000,
      supported_reasoning_levels: [],
    });
    expect(await entryOf('mystery')).toMatchObject({ context_window: 50_000 });
  });

  it('keeps Codex in the public form of its protocol, and never advertises', async () => {
    const entry = await entryOf('team/best');
    expect(entry).toMatchObject({ use_responses_lite: false, upgrade: null, availability_nux: null });
    expect(Object.keys(entry)).not.toContain('tool_mode');
    expect(entry.base_instructions.length).toBeGreaterThan(500);
  });

  it('passes the strict schema whatever is known of a model', async () => {
    const [model] = await listed();
    if (!model) throw new Error('nothing is listed');
    const tokens = fc.integer({ min: 1, max: 1_000_000_000 });
    const flag = fc.boolean();
    const words = fc.array(fc.constantFrom('none', 'low', 'medium', 'high', 'xhigh', 'max', 'odd', ''));
    const facts: fc.Arbitrary<ModelFacts> = fc.record(
      { contextWindow: tokens, maxOutputTokens: tokens, images: flag, reasoning: flag, reasoningEfforts: words },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(facts, (known) => {
        const entry = codexEntry({ ...model, facts: known }, 1, effortsFor('0.169.0'));
        expect(codexModel.safeParse(entry).error).toBeUndefined();
      }),
    );
  });
});
