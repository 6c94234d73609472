import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../../test/kit/configuration.ts';
import { virtualClock } from '../../../test/kit/deployments.ts';
import type { Document } from '../../../test/kit/gateway-process.ts';
import { principalWith } from '../../../test/kit/identity.ts';
import { arrayAt, numberAt, objectAt, textAt } from '../../../test/kit/json-access.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import type { ClientDialectName } from '../../core/items.ts';
import type { Principal } from '../../identity/principal.ts';
import { checkAccess, mayUse, permittedPlan } from '../../policy/access.ts';
import { planOf, resolveName } from '../../routing/names.ts';
import { createModelsDesk, type ModelsDesk } from './models-desk.ts';

const clock = virtualClock(0);
const log = { info: () => {}, warn: () => expect.fail('an odd entry'), error: () => {} };
const goneMs = Date.UTC(2027, 1, 1);

function openDesk(): ModelsDesk {
  return createModelsDesk({ log, clock });
}

async function snapshotOf(document: Document): Promise<Snapshot> {
  return (await goodConfiguration(JSON.stringify(document))).snapshot;
}

/** Providers `openai-0` and so on. */
function fleet(count: number, tagsOf: (at: number) => string[] = () => []): NonNullable<Document['providers']> {
  const entry = (at: number) => ({ kind: 'openai' as const, keys: [{ value: 'sk-0123456789' }], tags: tagsOf(at) });
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`openai-${at}`, entry(at)]));
}

interface Asked {
  readonly caller?: Principal;
  readonly dialect?: ClientDialectName;
  readonly query?: string;
  readonly nowMs?: number;
}

const codex = 'client_version=0.169.0';

/** The document that a caller is sent. */
async function told(desk: ModelsDesk, snapshot: Snapshot, asked: Asked = {}): Promise<JsonObject> {
  const { caller = principalWith(), dialect = 'responses', query = codex, nowMs = 0 } = asked;
  const question = { dialect, query: new URLSearchParams(query) };
  const { body } = await desk.answer(question, { principal: caller, nowMs }, snapshot);
  return objectAt({ value: parseJson(body.toString()) ?? null }, 'value');
}

const offeredIn = (list: JsonObject) => arrayAt(list, 'data').map((model) => textAt(model, 'id'));
const knownIn = (list: JsonObject) => arrayAt(list, 'models').map((model) => textAt(model, 'slug'));

describe('a list of a fleet', () => {
  it('offers what is configured first, and each model of a vendor once', async () => {
    const models = { coder: { targets: ['openai-3/gpt-5.5', 'openai-1/gpt-5.5'] } };
    const offered = offeredIn(await told(openDesk(), await snapshotOf({ providers: fleet(20), models })));
    expect(offered[0]).toBe('coder');
    expect(offered).toContain('openai-0/gpt-5.5');
    expect(offered.filter((name) => name.endsWith('/gpt-5.5'))).toHaveLength(1);
  });

  it('offers a model at the first entry where the caller may have it and a key is for it', async () => {
    const { 'openai-0': first, ...others } = fleet(4, (at) => (at < 2 ? [] : ['eu']));
    const keys = [{ value: 'sk-0123456789', models: ['gpt-5.4*'] }];
    const snapshot = await snapshotOf({ providers: { 'openai-0': { ...first, keys }, ...others } });
    const desk = openDesk();
    const offered = offeredIn(await told(desk, snapshot));
    expect(offered).toContain('openai-0/gpt-5.4');
    expect(offered).toContain('openai-1/gpt-5.5');
    const europeans = offeredIn(await told(desk, snapshot, { caller: principalWith({ require_tags: ['eu'] }) }));
    expect(europeans).toContain('openai-2/gpt-5.5');
    expect(europeans.filter((name) => !name.startsWith('openai-2/'))).toEqual([]);
  });

  it('offers a model at each vendor that has it', async () => {
    const azure = {
      kind: 'azure' as const,
      base_url: 'https://house.openai.azure.com',
      keys: [{ value: 'sk-0123456789' }],
    };
    const offered = offeredIn(await told(openDesk(), await snapshotOf({ providers: { ...fleet(2), azure } })));
    expect(offered.filter((name) => name.endsWith('/gpt-5.5'))).toEqual(['openai-0/gpt-5.5', 'azure/gpt-5.5']);
  });

  it('offers repetitions that somebody has configured: at a provider, by a pattern or in what a caller may use', async () => {
    const { 'openai-1': second, ...others } = fleet(5);
    const snapshot = await snapshotOf({
      providers: { ...others, 'openai-1': { ...second, models: { 'gpt-5.5': { context_window: 100_000 } } } },
      models: { 'second-*': { targets: ['openai-2/*'] } },
    });
    const caller = principalWith({ models: ['second-*', 'openai*', 'openai-4/gpt-5.5'] });
    const offered = offeredIn(await told(openDesk(), snapshot, { caller }));
    expect(offered.filter((name) => name.endsWith('gpt-5.5'))).toEqual([
      'second-gpt-5.5',
      'openai-0/gpt-5.5',
      'openai-4/gpt-5.5',
      'openai-1/gpt-5.5',
    ]);
  });

  it('tells Codex of hidden names as long as the list does not become too long, and others of none', async () => {
    const desk = openDesk();
    const few = knownIn(await told(desk, await snapshotOf({ providers: fleet(5) })));
    expect(few).toEqual(expect.arrayContaining(['gpt-5.5', 'openai-4/gpt-5.5']));
    const snapshot = await snapshotOf({ providers: fleet(300), models: { far: { targets: ['openai-299/gpt-5.5'] } } });
    const many = knownIn(await told(desk, snapshot));
    expect(many).toHaveLength(500);
    expect(many).toEqual(expect.arrayContaining(['far', 'gpt-5.5', 'openai-299/gpt-5.5']));
    expect(Object.keys(await told(desk, snapshot, { query: '' }))).toEqual(['object', 'data']);
  });

  it('finds each name when it is asked for alone, listed or not, and none that nobody knows', async () => {
    const desk = openDesk();
    const snapshot = await snapshotOf({ providers: fleet(300) });
    const reader = { principal: principalWith({ deny_models: ['openai-7/*'] }), nowMs: 0 };
    expect(desk.find('openai-250/gpt-5.5', reader, snapshot)?.facts.contextWindow).toBe(1_000_000);
    expect(desk.find('openai-7/gpt-5.5', reader, snapshot)).toBeUndefined();
    expect(desk.find('openai-250/unheard-of', reader, snapshot)).toBeUndefined();
    expect(desk.find('unheard-of', reader, snapshot)).toBeUndefined();
  });
});

describe('an answer about models', () => {
  it('is the same object for readers who see the same', async () => {
    const desk = openDesk();
    const snapshot = await snapshotOf({ providers: fleet(2) });
    const answerFor = (fields: object) =>
      desk.answer(
        { dialect: 'responses', query: new URLSearchParams(codex) },
        { principal: principalWith({ ...fields }), nowMs: 0 },
        snapshot,
      );
    const first = await answerFor({});
    expect(await answerFor({ id: 'bob' })).toBe(first);
    expect(await answerFor({ deny_models: ['nothing-that-is-here'] })).toBe(first);
    const other = await answerFor({ deny_models: ['gpt-5.5'] });
    expect(other.etag).not.toBe(first.etag);
  });

  it('is another one at once when the configuration has changed, or the time of a name is over', async () => {
    const desk = openDesk();
    const before = await snapshotOf({ providers: fleet(1), models: { one: { targets: ['openai-0/gpt-5.5'] } } });
    expect(offeredIn(await told(desk, before))[0]).toBe('one');
    const going = { targets: ['openai-0/gpt-5.5'], deprecated: { use: 'two', from: new Date(goneMs).toISOString() } };
    const after = await snapshotOf({
      providers: fleet(1),
      models: { one: going, two: { targets: ['openai-0/gpt-5.4'] } },
    });
    expect(offeredIn(await told(desk, after)).slice(0, 2)).toEqual(['one', 'two']);
    const later = offeredIn(await told(desk, after, { nowMs: goneMs }));
    expect(later[0]).toBe('two');
    expect(later).not.toContain('one');
    expect(knownIn(await told(desk, after, { nowMs: goneMs }))).toContain('one');
    expect(offeredIn(await told(desk, before))[0]).toBe('one');
  });

  it('numbers entries by their place in the reader’s own list', async () => {
    const desk = openDesk();
    const snapshot = await snapshotOf({ providers: fleet(2) });
    for (const caller of [principalWith(), principalWith({ deny_models: ['*5*'] })]) {
      const places = arrayAt(await told(desk, snapshot, { caller }), 'models').map((model) =>
        numberAt(model, 'priority'),
      );
      expect(places).toEqual(places.map((_, index) => index + 1));
    }
  });
});

describe('callers of differing rights', () => {
  const document: Document = {
    providers: {
      ...fleet(3, (at) => (at === 1 ? ['eu'] : [])),
      anthropic: { keys: [{ value: 'sk-0123456789', models: ['claude-sonnet*'] }] },
    },
    models: {
      coder: { targets: ['openai-0/gpt-5.5', 'anthropic/claude-sonnet-5'] },
      abroad: { targets: ['openai-2/gpt-5.4'] },
      'any-*': { targets: ['openai-1/*'] },
      old: { targets: ['openai-0/gpt-5.5'], deprecated: { use: 'coder', from: new Date(goneMs).toISOString() } },
    },
    utility_model: 'coder',
  };

  const names = fc.constantFrom(
    '*',
    'coder',
    'old',
    'any-*',
    'gpt-5.5',
    'gpt-*',
    'openai-0/*',
    'openai-1/gpt-5.5',
    'anthropic/*',
    'claude-*',
    'codex-auto-review',
    'mine',
  );
  const grant = {
    models: fc.oneof(fc.constant(['*']), fc.array(names, { minLength: 1, maxLength: 3 })),
    deny_models: fc.array(names, { maxLength: 2 }),
    providers: fc.constantFrom(['*'], ['openai-*'], ['openai-1', 'anthropic'], []),
    require_tags: fc.constantFrom<string[]>([], ['eu']),
    model_aliases: fc.constantFrom<Record<string, unknown>>(
      {},
      { mine: 'coder', coder: 'abroad' },
      { mine: { targets: ['anthropic/claude-sonnet-5'] } },
    ),
  };
  /** Callers most of whose rights are the same, so that one could be taken for the other. */
  const callers = fc
    .tuple(fc.record(grant), fc.array(fc.record(grant, { requiredKeys: [] }), { minLength: 1, maxLength: 3 }))
    .map(([one, changes]) => [one, ...changes.map((change) => ({ ...one, ...change }))]);
  const times = fc.constantFrom(0, goneMs);

  /** Whether a request for the name would be sent, by what requests are checked with. */
  function isServed(
    asked: string,
    { caller, nowMs }: Required<Pick<Asked, 'caller' | 'nowMs'>>,
    snapshot: Snapshot,
  ): boolean {
    const mayAsk = (name: string) => mayUse(caller, name);
    const destination = resolveName({ asked, overlays: caller.overlays, nowMs, mayUse: mayAsk }, snapshot);
    checkAccess(caller, destination.claimed);
    return permittedPlan(caller, planOf(destination, snapshot), asked).length > 0;
  }

  it('are shown no name that they may not use, whoever asked before them', async () => {
    const snapshot = await snapshotOf(document);
    const shared = openDesk();
    await fc.assert(
      fc.asyncProperty(callers, times, async (rights, nowMs) => {
        const asked = rights.map((fields) => ({ caller: principalWith(fields), nowMs }));
        const lists = await Promise.all(asked.map((each) => told(shared, snapshot, each)));
        for (const [at, { caller }] of asked.entries()) {
          const list = lists[at] ?? {};
          for (const name of new Set([...offeredIn(list), ...knownIn(list)]))
            expect(isServed(name, { caller, nowMs }, snapshot)).toBe(true);
          expect(list).toEqual(await told(openDesk(), snapshot, { caller, nowMs }));
        }
      }),
      { numRuns: 20 },
    );
  });
});
