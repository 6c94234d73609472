import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import type { JsonObject } from '../core/json.ts';
import { applyWishes } from './apply-wishes.ts';
import { variantOf } from './model-variant.ts';
import { planRoute } from './plan.ts';
import type { Vitals } from './vitals.ts';
import { noWishes, readRoutingWishes } from './wishes.ts';

const document = `
providers:
  openai: { keys: [{ value: sk-1 }, { value: sk-2 }], models: { m: { price: { input: 3, output: 9 } } } }
  groq: { keys: [{ value: gsk-1 }], models: { m: { price: { input: 1, output: 2 } } } }
  mine: { kind: openai-compatible, base_url: http://127.0.0.1:9/v1, keyless: true }
  openrouter: { keys: [{ value: or-1 }], models: { m: { price: { input: 2, output: 2 } } } }
models:
  m: { targets: [openai/m, mine/m], fallbacks: [groq/m, openrouter/m] }
  n: { targets: [groq/n] }
  exact:floor: { targets: [mine/exact] }
`;

/** Measured: `mine` is fast and slow to begin, `groq` the other way round, and nobody knows the others. */
const vitals: Pick<Vitals, 'of'> = {
  of(name) {
    if (name.startsWith('mine/')) return { inFlight: 0, firstTokenMs: 2_000, tokensPerSecond: 90 };
    return name.startsWith('groq/') ? { inFlight: 0, firstTokenMs: 100, tokensPerSecond: 30 } : undefined;
  },
};

/** Where names lead by these wishes: the providers in order, one for each key. */
async function led(names: readonly string[], provider: JsonObject = {}): Promise<readonly string[]> {
  const { snapshot } = await goodConfiguration(document);
  const named = names.map((each) => {
    const { model, variant } = variantOf(each, snapshot);
    const sort = variant && (variant === 'floor' ? ('price' as const) : ('throughput' as const));
    return { name: each, plan: planRoute(model, snapshot), ...(sort ? { sort } : {}) };
  });
  const wishes = readRoutingWishes((key) => (key === 'provider' ? provider : undefined)) ?? noWishes;
  return applyWishes(named, wishes, { snapshot, vitals }).map((each) => `${each.provider.name}/${each.model}`);
}

const usual = ['openai/m', 'openai/m', 'mine/m', 'groq/m', 'openrouter/m'];

describe('wishes', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['nothing', {}, usual],
    ['an order', { order: ['GROQ', 'mine'] }, ['groq/m', 'mine/m', 'openai/m', 'openai/m', 'openrouter/m']],
    ['an order of what is not here', { order: ['nobody'] }, usual],
    ['an order and no others', { order: ['groq', 'mine'], allow_fallbacks: false }, ['groq/m', 'mine/m']],
    ['no fallbacks', { allow_fallbacks: false }, ['openai/m', 'openai/m']],
    ['only some', { only: ['mine', 'groq/turbo'] }, ['mine/m', 'groq/m']],
    ['only one by its vendor’s name', { only: ['openai-compatible'] }, ['mine/m']],
    ['only some that stand behind OpenRouter', { only: ['deepinfra'] }, ['openrouter/m']],
    ['all but some', { ignore: ['openai', 'openrouter'] }, ['mine/m', 'groq/m']],
    ['the cheapest', { sort: 'price' }, ['groq/m', 'openrouter/m', 'openai/m', 'openai/m', 'mine/m']],
    ['the fastest', { sort: 'throughput' }, ['mine/m', 'groq/m', 'openai/m', 'openai/m', 'openrouter/m']],
    ['the soonest', { sort: 'latency' }, ['groq/m', 'mine/m', 'openai/m', 'openai/m', 'openrouter/m']],
    [
      'a price, which a model without one does not keep',
      { max_price: { prompt: 2, completion: 2 } },
      ['groq/m', 'openrouter/m'],
    ],
    ['a price of one kind', { max_price: { completion: 9 } }, ['openai/m', 'openai/m', 'groq/m', 'openrouter/m']],
  ])('for %s', async (_, provider, expected) => {
    expect(await led(['m'], provider)).toEqual(expected);
  });

  it('are granted name by name', async () => {
    expect(await led(['m', 'n'], { sort: 'price', ignore: ['openrouter'] })).toEqual([
      'groq/m',
      'openai/m',
      'openai/m',
      'mine/m',
      'groq/n',
    ]);
    expect(await led(['n', 'm'], { allow_fallbacks: false })).toEqual(['groq/n', 'openai/m', 'openai/m']);
  });

  it('are granted over all names where they say so', async () => {
    const sorted = await led(['n', 'm'], { sort: { by: 'price', partition: 'none' } });
    expect(sorted[0]).toBe('groq/m');
    expect(sorted.toSorted()).toEqual([...usual, 'groq/n'].toSorted());
  });

  it('for an order are kept also among equals, which else follow the session', async () => {
    const equals = document.replace('targets: [openai/m, mine/m]', 'strategy: weighted, targets: [openai/m, mine/m]');
    const { snapshot } = await goodConfiguration(equals);
    const named = [{ name: 'm', plan: planRoute('m', snapshot) }];
    const groups = (provider: JsonObject) => {
      const wishes = readRoutingWishes((key) => (key === 'provider' ? provider : undefined)) ?? noWishes;
      return applyWishes(named, wishes, { snapshot, vitals }).map(({ group }) => group?.strategy);
    };
    const equalOnes = ['weighted', 'weighted', 'weighted', undefined, undefined];
    expect(groups({ only: ['openai', 'mine', 'groq', 'openrouter'] })).toEqual(equalOnes);
    expect(groups({ order: ['mine'] })).toEqual(Array(5).fill(undefined));
    expect(groups({ sort: 'price' })).toEqual(Array(5).fill(undefined));
  });

  it('that leave nobody are refused, with who there is', async () => {
    await expect(led(['n'], { only: ['mine'] })).rejects.toThrow(/"n" is left.*groq\./);
  });

  it('can stand at the end of a name', async () => {
    expect((await led(['m:floor']))[0]).toBe('groq/m');
    expect((await led(['m:nitro']))[0]).toBe('mine/m');
    expect(await led(['exact:floor'])).toEqual(['mine/exact']);
    await expect(led(['m:other'])).rejects.toThrow(/is not known here/);
  });
});
