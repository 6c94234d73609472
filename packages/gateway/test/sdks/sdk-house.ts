import type { ClientDialectName } from '../../src/core/items.ts';
import { type House, openHouse } from '../journeys/house.ts';
import { type OperationsVendor, startOperationsVendor } from '../journeys/operations-vendor.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';

/** Providers by the dialect that they alone speak. An SDK is at home at one of them and a stranger at the others. */
export const places = {
  responses: { kind: 'openai', model: 'gpt-4.1' },
  chat: { kind: 'openai-compatible', model: 'house-model' },
  messages: { kind: 'anthropic', model: 'claude-sonnet-4-5' },
  gemini: { kind: 'gemini', model: 'gemini-3-flash-preview' },
} as const satisfies Record<ClientDialectName, { kind: string; model: string }>;

export const dialectNames: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];

/** What every SDK is asked, and what the model says to it. */
export const said = {
  question: 'Hello, who is there?',
  answer: 'It is me: été 🙂.',
  toolQuestion: 'What is in notes.txt?',
  toolResult: 'milk and honey',
  toolAnswer: 'The file says: milk and honey.',
  formQuestion: 'Which city, as JSON?',
  form: { city: 'Paris', people: 2_100_000 },
} as const;

const usage = { input: 100, cached: 0, cacheWrite: 0, output: 20, reasoning: 0 };

const script = playScenes(
  { cue: said.question, answers: [{ text: said.answer, usage }] },
  {
    cue: said.toolQuestion,
    answers: [
      { text: 'I will look.', calls: [{ name: 'read_file', input: { path: 'notes.txt' } }], usage },
      { text: said.toolAnswer, usage },
    ],
  },
  { cue: said.formQuestion, answers: [{ text: JSON.stringify(said.form), usage }] },
);

/** A JSON Schema for `said.form`. */
export const formSchema = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
} as const;

/** A JSON Schema for the tool that reads a file. */
export const toolSchema = {
  type: 'object',
  properties: { path: { type: 'string' } },
  required: ['path'],
  additionalProperties: false,
} as const;

/** A gateway before four strict vendors, and one that takes whatever comes. */
export interface SdkHouse {
  readonly origin: string;
  readonly house: House;
  /** A model's name at the provider of a dialect. */
  model(dialect: ClientDialectName): string;
  upstream(dialect: ClientDialectName): ScriptedUpstream;
  /** The provider `odd`, of all dialects. */
  readonly odd: OperationsVendor;
  /** What strict vendors complained of. */
  complaints(): readonly string[];
  stop(): Promise<void>;
}

export async function openSdkHouse(): Promise<SdkHouse> {
  const upstreams = new Map<ClientDialectName, ScriptedUpstream>();
  for (const dialect of dialectNames) upstreams.set(dialect, await startUpstream({ dialect, script }));
  const odd = await startOperationsVendor();
  const keys = [{ value: 'sk-upstream' }];
  const providers = Object.fromEntries(
    dialectNames.map((name) => {
      const { kind } = places[name];
      return [name, { kind, base_url: upstreams.get(name)?.baseUrl ?? '', speaks: [name], keys }];
    }),
  );
  const house = await openHouse({
    providers: { ...providers, odd: { kind: 'openai', base_url: `${odd.origin}/v1`, speaks: [...dialectNames], keys } },
    models: { mine: { targets: [`chat/${places.chat.model}`] } },
    virtual_keys: [
      { name: 'everyone', value: sdkKey },
      { name: 'narrow', value: narrowKey, models: ['mine'] },
    ],
  });

  function upstream(dialect: ClientDialectName): ScriptedUpstream {
    const found = upstreams.get(dialect);
    if (!found) throw new Error(`no upstream for ${dialect}`);
    return found;
  }

  return {
    origin: house.origin,
    house,
    model: (dialect) => `${dialect}/${places[dialect].model}`,
    upstream,
    odd,
    complaints: () => dialectNames.flatMap((name) => upstream(name).complaints),
    async stop() {
      await house.stop();
      await Promise.all([...dialectNames.map((name) => upstream(name).stop()), odd.stop()]);
    },
  };
}

/** A key that may do everything, and one that may ask for the model `mine` alone. */
export const sdkKey = 'sk-sdk-0123456789abcdef';
export const narrowKey = 'sk-narrow-0123456789abcdef';
