import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';
import type { Overlay } from '../identity/overlay.ts';
import { resourceKinds } from '@turnpike/contract/resources/kinds';
import { type NameQuestion, planOf, resolveName, targetsAt } from './names.ts';

const providers = `
providers:
  anthropic: { keys: [{ value: sk-0123456789 }] }
  openai: { keys: [{ value: sk-0123456789 }, { value: sk-9876543210, models: ["*-mini"] }] }
`;

const document = `${providers}
models:
  "claude-*": { targets: [anthropic/claude-*, { target: openai/gpt-for-* }] }
  "claude-opus-*": { targets: [openai/gpt-5.5] }
  "*-mini": { targets: [openai/gpt-5-mini] }
  claude-opus-5: { targets: [openai/exact] }
  coder:
    targets: [openai/gpt-5.5]
    for: { title: coder-fast, compaction: openai/gpt-5-mini }
  coder-fast: { targets: [openai/gpt-5-mini], for: { title: coder } }
  old: { deprecated: { use: coder } }
  older: { targets: [openai/gpt-4], deprecated: { use: coder, from: 2027-02-01, notice: Ask us. } }
`;

async function ask(question: Partial<NameQuestion> & { asked: string }) {
  const { snapshot } = await goodConfiguration(document);
  const destination = resolveName({ nowMs: 0, mayUse: () => true, ...question }, snapshot);
  const places = targetsAt(destination, snapshot)?.map(({ provider, model }) => `${provider.name}/${model}`);
  return { ...destination, places, plan: () => planOf(destination, snapshot) };
}

const overlay = (holder: string, names: object): Overlay => ({
  holder,
  names: resourceKinds.teams.parse({ id: 'x', model_aliases: names }).model_aliases,
});

describe('patterns', () => {
  it.each([
    ['claude-sonnet-5', ['anthropic/claude-sonnet-5', 'openai/gpt-for-sonnet-5']],
    ['claude-opus-4-8', ['openai/gpt-5.5']],
    ['claude-opus-5', ['openai/exact']],
    ['claude-mini', ['anthropic/claude-mini', 'openai/gpt-for-mini']],
    ['o4-mini', ['openai/gpt-5-mini']],
    ['anthropic/claude-opus-5', ['anthropic/claude-opus-5']],
    ['gpt-5.5', ['openai/gpt-5.5']],
    ['nobody', undefined],
    ['claude-*', undefined],
  ])('lead %s to %j', async (asked, places) => {
    expect((await ask({ asked })).places).toEqual(places);
  });

  it('are told, and give the same plan for the same name', async () => {
    const { snapshot } = await goodConfiguration(document);
    const of = (asked: string) => resolveName({ asked, nowMs: 0 }, snapshot);
    expect(of('claude-haiku-5').steps).toEqual([
      { from: 'claude-haiku-5', to: 'anthropic/claude-haiku-5', by: 'pattern', of: 'claude-*' },
    ]);
    expect(planOf(of('claude-haiku-5'), snapshot)).toBe(planOf(of('claude-haiku-5'), snapshot));
  });
});

describe('kinds of requests', () => {
  it('go where the name sends them, and others where the name leads', async () => {
    const titled = await ask({ asked: 'coder', kind: 'title' });
    expect(titled.places).toEqual(['openai/gpt-5-mini']);
    expect(titled.steps).toEqual([{ from: 'coder', to: 'coder-fast', by: 'kind', of: 'title' }]);
    for (const kind of ['turn', 'prewarm', 'review', undefined] as const)
      expect(await ask({ asked: 'coder', kind })).toMatchObject({ places: ['openai/gpt-5.5'], steps: [] });
  });
});

describe('a deprecated name', () => {
  const from = Date.UTC(2027, 1, 1);

  it('leads where it did until its day has come, with a notice', async () => {
    const before = await ask({ asked: 'older', nowMs: from - 1 });
    expect(before).toMatchObject({ places: ['openai/gpt-4'], steps: [], notice: { hasGone: false, fromMs: from } });
    expect(before.notice?.text).toBe('"older" is deprecated: from 2027-02-01 on "coder" answers in its place. Ask us.');
  });

  it('leads to the other name from then on, also where kinds of requests go elsewhere', async () => {
    const after = await ask({ asked: 'older', nowMs: from, kind: 'title' });
    expect(after).toMatchObject({ places: ['openai/gpt-5-mini'], claimed: 'older', notice: { hasGone: true } });
    expect(after.steps.map(({ by }) => by)).toEqual(['redirect', 'kind']);
  });

  it('leads there at once where no day is named', async () => {
    expect(await ask({ asked: 'old' })).toMatchObject({ places: ['openai/gpt-5.5'], notice: { hasGone: true } });
  });
});

describe('names of a caller’s own', () => {
  const key = overlay('virtual key "a"', { coder: 'coder', big: 'coder', 'my-*': 'claude-*' });
  const team = overlay('team "core"', { coder: { targets: [{ target: 'openai/o9', weight: 2 }, 'anthropic/x'] } });

  it('are looked up level by level, outwards, and then among those for all', async () => {
    const own = await ask({ asked: 'big', overlays: [key, team] });
    expect(own.places).toEqual(['openai/o9', 'anthropic/x']);
    expect(own.steps).toEqual([
      { from: 'big', to: 'coder', by: 'overlay', of: 'virtual key "a"' },
      { from: 'coder', to: 'openai/o9', by: 'overlay', of: 'team "core"' },
    ]);
    expect((await ask({ asked: 'coder', overlays: [key] })).places).toEqual(['openai/gpt-5.5']);
    expect((await ask({ asked: 'coder', overlays: [team, key] })).places).toEqual(['openai/o9', 'anthropic/x']);
  });

  it('may be patterns, and lead to patterns', async () => {
    const own = await ask({ asked: 'my-sonnet-5', overlays: [key] });
    expect(own.places).toEqual(['anthropic/claude-sonnet-5', 'openai/gpt-for-sonnet-5']);
    expect(own.claimed).toBe('my-sonnet-5');
  });

  it('have weights of their own, made once', async () => {
    const { snapshot } = await goodConfiguration(document);
    const first = resolveName({ asked: 'coder', overlays: [team], nowMs: 0 }, snapshot);
    expect(first.alias?.chain.map(({ weight }) => weight)).toEqual([2, 1]);
    expect(resolveName({ asked: 'coder', overlays: [team], nowMs: 1 }, snapshot).alias).toBe(first.alias);
  });

  it('that lead nowhere are told with whose they are', async () => {
    const lost = overlay('team "lost"', { a: { targets: ['gone/x'] }, b: 'nowhere', c: { targets: ['openai/x'] } });
    await expect(ask({ asked: 'a', overlays: [lost] })).rejects.toThrow(
      'What "a" means to the team "lost" leads to no',
    );
    const b = await ask({ asked: 'b', overlays: [lost] });
    expect(b.plan).toThrow('The model "b" leads to "nowhere" (team "lost"), which is not known here.');
  });
});

describe('what is written of names', () => {
  const complaints = async (models: string) =>
    (await problemsOf(`${providers}models: { ok: { targets: [openai/x] }, ${models} }`))
      .map((line) => line.replace(/^turnpike\.yaml:\d+:\d+ {2}/, ''))
      .filter((line) => line.includes('models'));

  it.each([
    ['a: { targets: [openai/gpt-*] }', 'models.a: has `*` in a target, but none in its name'],
    ['"a*b*": { targets: [openai/x] }', 'models["a*b*"]: has more than one `*`'],
    ['"openai/*": { targets: [anthropic/*] }', 'models["openai/*"]: would hide a model of the provider `openai`'],
    [
      '"a-*": { deprecated: { use: ok } }',
      'models["a-*"].deprecated: is of a pattern; only a whole name can be deprecated',
    ],
    ['a: { deprecated: { use: a } }', 'models.a.deprecated.use: is the name itself'],
    ['a: { deprecated: { use: okk } }', 'models.a.deprecated.use: `okk` is neither a name of `models`'],
    ['a: { deprecated: { use: ok, from: 2030-01-01 } }', 'models.a.targets: needs at least one target, which are used'],
    ['a: { fallbacks: [openai/x] }', 'models.a.targets: needs at least one target'],
    [
      'a: { deprecated: { use: ok } }, b: { targets: [openai/x], for: { title: a } }',
      'models.b.for.title: `a` is deprecated (write `ok`)',
    ],
    ['a: { targets: [openai/x], for: { turn: ok } }', 'models.a.for.turn: is not a known field'],
    ['a: { targets: [openai/x], parameters: { effort: high } }', 'models.a.parameters.effort: is not a known field'],
    [
      'a: { targets: [{ group: g, targets: [openai/x], parameters: {} }] }',
      'models.a.targets[0].parameters: belongs to a target, not to a `group`',
    ],
    [
      '"claude-*": { targets: [anthropic/*] }',
      'warning: models["claude-*"].targets[0]: asks for what the `*` of `claude-*` stands for, without the rest of the name (perhaps `anthropic/claude-*`)',
    ],
  ])('%s', async (models, complaint) => {
    expect((await complaints(models)).find((line) => line.startsWith(complaint))).toBeDefined();
  });
});
