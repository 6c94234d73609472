import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';
import { sha256Of } from '../identity/key-hash.ts';

/** As in the documentation. */
const whole = `
server: { host: 127.0.0.1, port: 8080 }
store: sqlite:./data/turnpike.db
providers:
  openai:  { keys: [{ value: env:OPENAI_API_KEY }] }
  claude:  { kind: anthropic, base_url: http://127.0.0.1:9001, keys: [{ value: env:ANTHROPIC_API_KEY }] }
  gemini:  { keys: [{ value: env:GEMINI_API_KEY }] }
  local:   { kind: openai-compatible, base_url: http://127.0.0.1:11434/v1, speaks: [chat], keyless: true }
models:
  gpt-5.5:      { targets: [openai/gpt-5.5], fallbacks: [claude/claude-sonnet-4-5, gemini/gemini-2.5-pro] }
  fast:         { targets: [local/qwen3-coder] }
virtual_keys:
  - { name: alice, value: env:ALICE_KEY, models: ["*"] }
`;
const env = {
  OPENAI_API_KEY: 'sk-openai',
  ANTHROPIC_API_KEY: 'sk-anthropic',
  GEMINI_API_KEY: 'sk-gemini',
  ALICE_KEY: 'vk-alice-0123456789abcdef',
};
const key = 'virtual_keys: [{ name: a, value: vk-0123456789abcdef01 }]';

describe('the documented example', () => {
  it('works as written, without a warning', async () => {
    const { snapshot, warnings } = await goodConfiguration(whole, env);
    expect(warnings).toEqual([]);
    expect([...snapshot.providers.keys()]).toEqual(['openai', 'claude', 'gemini', 'local']);
    expect(snapshot.providers.get('claude')).toMatchObject({ vendor: { kind: 'anthropic' } });
    expect(snapshot.providers.get('claude')?.baseUrl.origin).toBe('http://127.0.0.1:9001');
    expect(snapshot.providers.get('openai')?.credentials[0].secret?.reveal()).toBe('sk-openai');
    expect(snapshot.providers.get('local')?.credentials).toEqual([{ id: 'local#1' }]);
    const chain = snapshot.aliases.get('gpt-5.5')?.chain.map(({ provider, model }) => [provider.name, model]);
    expect(chain).toEqual([
      ['openai', 'gpt-5.5'],
      ['claude', 'claude-sonnet-4-5'],
      ['gemini', 'gemini-2.5-pro'],
    ]);
    expect(snapshot.resources).toEqual([
      {
        resource: {
          kind: 'virtual_keys',
          body: expect.objectContaining({ id: 'alice', name: 'alice', models: ['*'] }),
        },
        sha256: sha256Of(env.ALICE_KEY),
      },
    ]);
    expect(snapshot.limits).toMatchObject({ maxBodyBytes: 67_108_864 });
    expect(Object.isFrozen(snapshot)).toBe(true);
  });

  it('works as JSON too', async () => {
    const json = JSON.stringify(
      { providers: { openai: { keys: [{ value: 'env:OPENAI_API_KEY' }] } } },
      undefined,
      '\t',
    );
    expect((await goodConfiguration(json, env)).snapshot.providers.has('openai')).toBe(true);
  });

  it('keeps no virtual key in readable form', async () => {
    const { snapshot } = await goodConfiguration(whole, env);
    expect(JSON.stringify(snapshot.resources)).not.toContain(env.ALICE_KEY);
  });
});

describe('a document that contradicts itself or the world', () => {
  it.each([
    [
      'providers: { opena: {} }',
      'providers.opena: is no vendor’s name, so it needs a `kind` (did you mean `openai`? Else name its vendor: `kind: openai`)',
    ],
    [
      'providers: { company: {} }',
      'providers.company: is no vendor’s name, so it needs a `kind` (for a server that speaks OpenAI’s API: `kind: openai-compatible` with a `base_url`)',
    ],
    [
      'providers: { c: { kind: antropic } }',
      'providers.c.kind: `antropic` is not a known kind (did you mean `anthropic`?)',
    ],
    [
      'providers: { c: { kind: openai-compatible } }',
      'providers.c: needs a `base_url` (the address of its API, such as http://127.0.0.1:8000/v1)',
    ],
    [
      'providers: { groq: {} }',
      'providers.groq: has no key (add keys: [{ value: env:GROQ_API_KEY }], or keyless: true if it needs none)',
    ],
    [
      'providers: { groq: { keyless: true, keys: [{ value: abc }] } }',
      'providers.groq.keyless: is true, but there are keys too (keep one of them)',
    ],
    [
      'providers: { groq: { keys: [{ value: abc, name: a }, { value: abd, name: a }] } }',
      'providers.groq.keys[1].name: `a` names another key of this provider too',
    ],
    [
      'providers: { groq: { keys: [{ value: abc }, { value: abc }] } }',
      'warning: providers.groq.keys[1].value: is the same key as one above',
    ],
    [
      'providers: { groq: { keys: [{ value: abc }] } }',
      'warning: providers.groq.keys[0].value: holds the key itself (env:NAME or file:PATH keeps it out of this file)',
    ],
    ['providers: {}', 'warning: providers: is empty, so nobody can answer'],
    ['models: { m: { targets: [dmeo/x] } }', 'models.m.targets[0]: there is no provider `dmeo` (did you mean `demo`?)'],
    [
      'models: { m: { targets: [x] } }',
      'models.m.targets[0]: `x` is neither `provider/model` nor a name of `models` (for example demo/x)',
    ],
    [
      'models: { coder: { targets: [demo/a] }, n: { targets: [codr] } }',
      'models.n.targets[0]: `codr` is neither `provider/model` nor a name of `models` (did you mean `coder`?)',
    ],
    [
      'models: { m: { targets: [demo/] } }',
      'models.m.targets[0]: `demo/` is neither `provider/model` nor a name of `models` (for example demo/MODEL)',
    ],
    [
      'models: { m: { targets: [n] }, n: { targets: [demo/a], fallbacks: [m] } }',
      'models.m.targets[0]: leads back to itself: n > m > n',
    ],
    [
      'models: { m: { targets: [demo/a], deprecated: { use: o } }, n: { targets: [m] }, o: { targets: [demo/a] } }',
      'models.n.targets[0]: `m` is deprecated (write `o`)',
    ],
    [
      'models: { a: { targets: [demo/a] }, b: { targets: [a] }, c: { targets: [b] }, d: { targets: [c] }, e: { targets: [d] }, f: { targets: [e] } }',
      'models.f.targets[0]: is nested too deep: there may be 4 groups in each other',
    ],
    [
      'models: { demo/m: { targets: [demo/a] } }',
      'models["demo/m"]: would hide a model of the provider `demo` (choose a name that does not begin with demo/)',
    ],
    [
      'models: { m: { targets: [demo/a], fallbacks: [demo/a] } }',
      'warning: models.m.fallbacks[0]: `demo/a` stands twice',
    ],
    [
      'virtual_keys: [{ name: a, value: vk }]',
      'virtual_keys[0].value: has only 2 characters (make a good one with: openssl rand -hex 24)',
    ],
    [
      'virtual_keys: [{ name: a, value: vk-test }]',
      'warning: virtual_keys[0].value: has only 7 characters, which is easy to guess (make a good one with: openssl rand -hex 24)',
    ],
    [
      'virtual_keys: [{ name: a, value: vk-test }, { name: a, value: vk-tost }]',
      'virtual_keys[1].name: another virtual key is called `a` too',
    ],
    [
      'virtual_keys: [{ name: a, value: vk-test }, { name: b, value: vk-test }]',
      'virtual_keys[1].value: is the same value as the key `a` has',
    ],
    [
      'virtual_keys: [{ name: a, value: vk-test, expires: 2026-12-31 }]',
      'warning: virtual_keys[0].expires: is in the past, so the key is refused',
    ],
    [
      'virtual_keys: [{ name: a, value: vk-test, models: [] }]',
      'warning: virtual_keys[0].models: is empty, so the key may ask for nothing (leave it out to allow all)',
    ],
    ['virtual_keys: []', 'warning: virtual_keys: is empty, so nobody can call'],
  ])('%s', async (text, message) => {
    const lines = await problemsOf(text);
    expect(lines.map((line) => line.replace(/^turnpike\.yaml:\d+:\d+ {2}/, ''))).toContain(message);
  });

  it('is told with the line of each fault', async () => {
    const text = 'models:\n  fast:\n    targets:\n      - demo/a\n      - nope/b\n';
    expect(await problemsOf(text)).toEqual([
      'turnpike.yaml:5:9  models.fast.targets[1]: there is no provider `nope` (known: demo)',
    ]);
  });
});

describe('a snapshot', () => {
  it('takes a model name with slashes whole, and aliases whose prefix is no provider', async () => {
    const text = 'models: { anthropic/best: { targets: [demo/a/b] } }';
    const { snapshot } = await goodConfiguration(text);
    expect(snapshot.aliases.get('anthropic/best')?.chain[0].model).toBe('a/b');
  });

  it('carries disabled and expiring keys as they are', async () => {
    const text = `virtual_keys:
  - { name: a, value: vk-0123456789abcdef01, disabled: true }
  - { name: b, value: vk-0123456789abcdef02, expires: 2027-02-01 }
  - { name: c, value: vk-0123456789abcdef03, expires: "2027-02-01T12:00:00+02:00", models: [fast, "gpt-*"] }`;
    const keys = (await goodConfiguration(text)).snapshot.resources.map(({ resource }) => resource.body);
    expect(keys[0]).toMatchObject({ id: 'a', disabled: true });
    expect(keys[1]).toMatchObject({ id: 'b', expires: '2027-02-01' });
    expect(keys[2]).toMatchObject({ expires: '2027-02-01T12:00:00+02:00', models: ['fast', 'gpt-*'] });
  });

  it('knows the prices and abilities that the document gives', async () => {
    const text = `${key}
providers:
  local:
    kind: openai-compatible
    base_url: http://127.0.0.1:8000/v1
    keyless: true
    models:
      cheap: { price: { input: "0.0375", output: 0.15, cached_input: 0.01 }, context_window: 1000, tools: false, reasoning_efforts: [low, high] }
      own: { free: true, reasoning_efforts: [] }`;
    const { snapshot } = await goodConfiguration(text);
    const tier = { fromInputTokens: 0, input: 37_500_000n, output: 150_000_000n, cachedInput: 10_000_000n };
    expect(snapshot.catalog.facts({ name: 'local' }, 'cheap')).toEqual({
      price: { tiers: [tier] },
      contextWindow: 1000,
      tools: false,
      reasoning: true,
      reasoningEfforts: ['low', 'high'],
    });
    expect(snapshot.catalog.facts({ name: 'local' }, 'own')).toMatchObject({ reasoning: false, price: { free: true } });
    expect(snapshot.catalog.facts({ name: 'other' }, 'cheap')).toBeUndefined();
  });

  it('gives each credential a name that stays and says nothing of its value', async () => {
    const text = 'providers: { groq: { keys: [{ value: env:A }, { value: env:B, name: spare }] } }';
    const { snapshot } = await goodConfiguration(text, { A: 'gsk-a', B: 'gsk-b' });
    expect(snapshot.providers.get('groq')?.credentials.map(({ id }) => id)).toEqual(['groq#1', 'groq#spare']);
  });

  it('has the limits of the document', async () => {
    const text =
      'server: { max_body_bytes: 2048, max_upload_bytes: 4096, connect_timeout_ms: 1, headers_timeout_ms: 2, idle_timeout_ms: 3, keepalive_ms: 4 }';
    expect((await goodConfiguration(text)).snapshot.limits).toEqual({
      maxBodyBytes: 2048,
      maxUploadBytes: 4096,
      connectTimeoutMs: 1,
      headersTimeoutMs: 2,
      idleTimeoutMs: 3,
      keepaliveMs: 4,
    });
  });
});
