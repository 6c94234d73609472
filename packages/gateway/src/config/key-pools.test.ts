import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';

const env = { A: 'sk-a', B: 'sk-b', C: 'sk-c' };

async function keysOf(keys: string) {
  const { snapshot } = await goodConfiguration(`providers: { groq: { keys: ${keys} } }`, env);
  return snapshot.providers.get('groq')?.credentials.map(({ id, weight, models }) => ({ id, weight, models }));
}

const complaints = async (text: string) =>
  (await problemsOf(text, env)).map((line) => line.replace(/^turnpike\.yaml:\d+:\d+ {2}/, ''));

describe('a pool of keys', () => {
  it('has weights and models, and keeps its numbers when one is disabled', async () => {
    const keys =
      '[{ value: env:A, weight: 12000000.5 }, { value: env:B, disabled: true }, { value: env:C, models: ["qwen*"] }]';
    expect(await keysOf(keys)).toEqual([
      { id: 'groq#1', weight: 12_000_000.5 },
      { id: 'groq#3', models: ['qwen*'] },
    ]);
  });

  it.each([
    [
      '[{ value: env:A, disabled: true }]',
      'providers.groq.keys: are all disabled (enable one, or take the provider out)',
    ],
    ['[{ value: env:A, weight: -1 }]', 'providers.groq.keys[0].weight: must be at least 0'],
    ['[{ value: env:A, models: [] }]', 'providers.groq.keys[0].models: is empty; leave it out for all models'],
    [
      '[{ value: env:A, name: a, disabled: true }, { value: env:B, name: a }]',
      'providers.groq.keys[1].name: `a` names another key of this provider too',
    ],
  ])('is refused: %s', async (keys, message) => {
    expect(await complaints(`providers: { groq: { keys: ${keys} } }`)).toContain(message);
  });
});

describe('an alias’s targets', () => {
  const providers = 'providers: { groq: { keys: [{ value: env:A, models: [m, n] }] } }';

  async function chainOf(alias: string) {
    const { snapshot } = await goodConfiguration(`${providers}\nmodels: { a: ${alias} }`, env);
    return snapshot.aliases.get('a')?.chain.map(({ model, group, weight }) => [model, group?.strategy, weight]);
  }

  it('are in order of preference where nothing else is said', async () => {
    const plain = [
      ['m', undefined, undefined],
      ['n', undefined, undefined],
    ];
    expect(await chainOf('{ targets: [groq/m, groq/n] }')).toEqual(plain);
    expect(await chainOf('{ targets: [{ target: groq/m }, groq/n], strategy: priority }')).toEqual(plain);
  });

  it('are a group where one has a weight, or the strategy says so; fallbacks are not in it', async () => {
    const group = [
      ['m', 'weighted', 3],
      ['n', 'weighted', 1],
    ];
    expect(await chainOf('{ targets: [{ target: groq/m, weight: 3 }, groq/n] }')).toEqual(group);
    expect(await chainOf('{ targets: [groq/m], strategy: weighted, fallbacks: [groq/n] }')).toEqual([
      ['m', 'weighted', 1],
      ['n', undefined, undefined],
    ]);
  });

  it('may be groups of targets, with a choice inside each', async () => {
    const { snapshot } = await goodConfiguration(
      `${providers}\nmodels: { a: { strategy: priority, targets: [{ group: eu, strategy: weighted, targets: [groq/m, { group: far, weight: 0, targets: [groq/n] }] }, groq/o], fallbacks: [groq/p] } }`.replace(
        '[m, n]',
        '[m, n, o, p]',
      ),
      env,
    );
    const told = snapshot.aliases
      .get('a')
      ?.plan.map(({ model, group, groups }) => [model, groups, group?.strategy, group?.outer?.name]);
    expect(told).toEqual([
      ['m', ['eu'], 'weighted', undefined],
      ['n', ['far', 'eu'], 'priority', 'eu'],
      ['o', undefined, undefined, undefined],
      ['p', undefined, undefined, undefined],
    ]);
  });

  it('are all chosen for anew where sessions do not matter', async () => {
    const { snapshot } = await goodConfiguration(
      `${providers}\nmodels: { a: { affinity: off, targets: [groq/m], fallbacks: [groq/n] } }`,
      env,
    );
    const told = snapshot.aliases.get('a')?.plan.map(({ group }) => [group?.strategy, group?.affinity]);
    expect(told).toEqual([
      ['priority', 'off'],
      ['priority', 'off'],
    ]);
  });

  it.each([
    ['{ targets: [{ target: groq/m, wieght: 3 }] }', 'models.a.targets[0].wieght: is not a known field'],
    [
      '{ targets: [{ target: gorq/m, weight: 3 }] }',
      'models.a.targets[0]: there is no provider `gorq` (did you mean `groq`?)',
    ],
    ['{ targets: [groq/o] }', 'models.a.targets[0]: no key of `groq` is for the model `o`'],
    [
      '{ targets: [groq/m], strategy: random }',
      'models.a.strategy: must be priority, weighted, round-robin, least-busy, lowest-latency or lowest-cost',
    ],
    [
      '{ targets: [{ weight: 3 }] }',
      'models.a.targets[0]: must be `provider/model`, `{ target, weight }` or `{ group, targets }`',
    ],
    ['{ targets: [{ group: eu }] }', 'models.a.targets[0]: needs `targets`, as it is a group'],
    ['{ targets: [{ group: eu, targets: [] }] }', 'models.a.targets[0].targets: needs at least one target'],
    [
      '{ targets: [{ group: eu, targets: [3] }] }',
      'models.a.targets[0].targets[0]: must be `provider/model`, `{ target, weight }` or `{ group, targets }`',
    ],
    [
      '{ targets: [{ group: eu, targets: [groq/x] }] }',
      'models.a.targets[0].targets[0]: no key of `groq` is for the model `x`',
    ],
    [
      '{ targets: [{ target: groq/m, strategy: weighted }] }',
      'models.a.targets[0].strategy: belongs to a `group`, not to a target',
    ],
    [
      '{ targets: [{ group: eu, targets: [groq/m] }, { group: eu, targets: [groq/n] }] }',
      'models.a.targets[1].group: `eu` stands twice',
    ],
    ['{ targets: [{ group: eu, targets: [groq/m] }, groq/m] }', 'warning: models.a.targets[1]: `groq/m` stands twice'],
    [
      '{ targets: [{ group: a, targets: [{ group: b, targets: [{ group: c, targets: [{ group: d, targets: [{ group: e, targets: [groq/m] }] }] }] }] }] }',
      'models.a.targets[0].targets[0].targets[0].targets[0].targets[0]: is nested too deep: there may be 4 groups in each other',
    ],
    [
      '{ targets: [{ target: groq/m, weight: 3 }], strategy: priority }',
      'warning: models.a.targets[0]: has a weight, but by `strategy: priority` the order counts',
    ],
  ])('are told what is wrong: %s', async (alias, message) => {
    expect(await complaints(`${providers}\nmodels: { a: ${alias} }`)).toContain(message);
  });
});
