import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';

const good = `
organizations: [{ id: acme, contact: "#acme" }]
teams:
  - { id: core, organization: acme, models: ["gpt-*"] }
  - { id: web }
users: [{ id: ann, teams: [core] }]
virtual_keys:
  - { id: k1, name: Ann’s laptop, value: vk-0123456789abcdef01, user: ann, team: core, allowed_ips: [10.0.0.0/8] }
  - { name: k2, value: vk-0123456789abcdef02, service: true, organization: acme }
token_issuers:
  - id: corp
    issuer: https://id.example.com
    audiences: [turnpike]
    rules: [{ user: "{email}", team: core }]
budgets: [{ id: b, scope: { team: core }, dollars: 10 }]
rate_limits: [{ id: r, scope: { key: k1 }, requests: 60, every: minute }]
`;

describe('the resources of a document', () => {
  it('are read, each with its kind', async () => {
    const { snapshot, warnings } = await goodConfiguration(good);
    const named = snapshot.resources.map(({ resource }) => `${resource.kind}/${resource.body.id}`);
    expect(named.toSorted()).toEqual([
      'budgets/b',
      'organizations/acme',
      'rate_limits/r',
      'teams/core',
      'teams/web',
      'token_issuers/corp',
      'users/ann',
      'virtual_keys/k1',
      'virtual_keys/k2',
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'users: [{ id: ann, teams: [core, wep] }]\nteams: [{ id: web }, { id: core }]',
      'users[0].teams[1]: names `wep`, which is not in `teams` (did you mean `web`?)',
    ],
    [
      'teams: [{ id: core, organization: acme }]',
      'teams[0].organization: names `acme`, which is not in `organizations`',
    ],
    [
      'budgets: [{ id: b, scope: { key: k }, dollars: 1 }]',
      'budgets[0].scope.key: names `k`, which is not in `virtual_keys`',
    ],
    ['teams: [{ id: a }, { id: a }]', 'teams[1].id: another team is called `a` too'],
    ['teams: [{ id: a }, { id: b, name: a }]', 'teams[1].name: another team is called `a` too'],
    [
      'rate_limits: [{ id: a, requests: 1, every: day }, { id: a, requests: 2, every: day }]',
      'rate_limits[1].id: another rate limit is called `a` too',
    ],
    [
      'virtual_keys: [{ value: vk-0123456789abcdef01 }]',
      'virtual_keys[0].name: is missing: a key needs a `name` or an `id`',
    ],
    ['virtual_keys: [{ name: "a/b", value: vk-0123456789abcdef01 }]', 'virtual_keys[0].name: an id may have up to 128'],
    [
      'virtual_keys: [{ name: a, value: vk-0123456789abcdef01, allowed_ips: [10.0.0.0/33] }]',
      'allowed_ips[0]: must be an IP address or a range',
    ],
    ['server: { trusted_proxies: [localhost] }', 'server.trusted_proxies[0]: must be an IP address or a range'],
    ['teams: [{ id: "a\\r\\nb" }]', 'teams[0].id: an id may have up to 128'],
    ['budgets: [{ id: b, dollars: -1 }]', 'budgets[0].dollars: must be at least 0'],
    ['budgets: [{ id: b, dollars: 1, time_zone: Mars/Base }]', 'budgets[0].time_zone: is not a time zone'],
    [
      'token_issuers: [{ id: c, issuer: "https://x.example", audiences: [], rules: [{}] }]',
      'token_issuers[0].audiences: needs at least one audience',
    ],
    [
      'token_issuers: [{ id: c, issuer: "https://x.example", audiences: [a], rules: [{ team: core }] }]',
      'token_issuers[0].rules[0].team: names `core`, which is not in `teams`',
    ],
    [
      'token_issuers: [{ id: c, issuer: "http://x.example", audiences: [a], rules: [{}] }]',
      'warning: token_issuers[0].issuer: is not https',
    ],
    [
      'organizations: [{ id: a }, { id: b }]\nteams: [{ id: t, organization: a }]\nvirtual_keys: [{ name: k, value: vk-0123456789abcdef01, team: t, organization: b }]',
      'virtual_keys[0].organization: is not the organization of the team `t`',
    ],
    [
      'teams: [{ id: t }, { id: u }]\nusers: [{ id: ann, teams: [u] }]\nvirtual_keys: [{ name: k, value: vk-0123456789abcdef01, team: t, user: ann }]',
      'warning: virtual_keys[0].team: is not a team of the user `ann`',
    ],
  ])('%s is told', async (text, problem) => {
    const problems = await problemsOf(text);
    expect(problems).toContainEqual(expect.stringContaining(problem));
    expect(problems).toContainEqual(expect.stringMatching(/^turnpike\.yaml:\d+:\d+ {2}/));
  });

  it('is told with its line', async () => {
    const problems = await problemsOf(good.replace('team: core, allowed', 'team: cure, allowed'));
    expect(problems).toEqual([
      'turnpike.yaml:8:82  virtual_keys[0].team: names `cure`, which is not in `teams` (did you mean `core`?)',
    ]);
  });
});

describe('model names of one’s own', () => {
  const own = async (names: string) =>
    (
      await problemsOf(
        `providers: { demo: {} }\nmodels: { coder: { targets: [demo/a] }, "x-*": { targets: [demo/*] } }\nvirtual_keys: [{ name: a, value: vk-0123456789abcdef01 }]\nteams: [{ id: t, model_aliases: ${names} }]`,
      )
    ).map((line) => line.replace(/^turnpike\.yaml:\d+:\d+ {2}/, ''));

  it('may lead to names of a level further out', async () => {
    const { warnings } = await goodConfiguration(`
providers: { demo: {} }
organizations: [{ id: acme, model_aliases: { of-org: demo/a, "any-*": demo/a } }]
teams: [{ id: core, organization: acme, model_aliases: { of-team: of-org, lost: mine } }]
users: [{ id: ann, teams: [core], model_aliases: { of-user: of-team } }]
virtual_keys:
  - { id: k1, value: vk-0123456789abcdef01, user: ann, model_aliases: { mine: of-user, ours: of-org, anys: any-one } }
  - { id: k2, value: vk-0123456789abcdef02, model_aliases: { mine: of-team } }`);
    expect(warnings.map(({ path }) => path)).toEqual([
      'teams[0].model_aliases.lost',
      'virtual_keys[1].model_aliases.mine',
    ]);
  });

  it.each([
    '{ fast: coder, "claude-*": coder, x: x-1, y: demo/z, "z-*": "x-*" }',
    '{ fast: { targets: [{ target: demo/a, weight: 3 }, demo/b], for: { title: coder } } }',
  ])('may lead to names, patterns and places: %s', async (names) => {
    expect(await own(names)).toEqual([]);
  });

  it.each([
    [
      '{ a: b, b: coder }',
      'warning: teams[0].model_aliases.a: `b` is neither a name of `models` nor `provider/model` (names beside it are not looked up, only those further out)',
    ],
    ['{ fast: dmeo/a }', 'teams[0].model_aliases.fast: there is no provider `dmeo` (did you mean `demo`?)'],
    [
      '{ fast: codr }',
      'warning: teams[0].model_aliases.fast: `codr` is neither a name of `models` nor `provider/model`',
    ],
    [
      '{ fast: { targets: [dmeo/a] } }',
      'teams[0].model_aliases.fast.targets[0]: there is no provider `dmeo` (did you mean `demo`?)',
    ],
    [
      '{ fast: { targets: [demo/a], for: { title: no } } }',
      'teams[0].model_aliases.fast.for.title: `no` is neither a name of `models` nor `provider/model`',
    ],
    ['{ fast: { targets: [] } }', 'teams[0].model_aliases.fast'],
    ['{ "a*b*": coder }', 'teams[0].model_aliases["a*b*"]: has more than one `*`'],
  ])('lead somewhere: %s does not', async (names, complaint) => {
    expect((await own(names)).find((line) => line.startsWith(complaint))).toBeDefined();
  });
});
