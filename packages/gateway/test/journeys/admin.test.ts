import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryWith, originOf, startProgram } from './program.ts';

const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'hello' }] });
/** A gateway as on a fresh machine, and the program beside it. */
async function openHouse() {
  const directory = directoryWith({});
  const gateway = startProgram(directory, 'serve', '--port', '0', '--data', 'data');
  const origin = await originOf(gateway);
  return {
    directory,
    origin,
    async run(...args: string[]) {
      const address = args.includes('--url') ? [] : ['--url', origin];
      return startProgram(directory, ...args, ...address, '--data', 'data').ended;
    },
    chat: (key: string) =>
      fetch(`${origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
      }),
  };
}

const json = (text: string): { id: string; value: string } => JSON.parse(text);
describe('managing a gateway from the command line', () => {
  it('lets a new key in with its next request, and a disabled one no more', async () => {
    const { origin, run, chat } = await openHouse();
    expect(await run('teams', 'create', '--id', 'core', '--name', 'Core team')).toMatchObject({ code: 0 });
    const made = await run('keys', 'create', '--name', 'laptop', '--team', 'core', '--json');
    const { id, value } = json(made.stdout);
    expect((await chat(value)).status).toBe(200);
    const usage = await fetch(`${origin}/v1/usage`, { headers: { authorization: `Bearer ${value}` } });
    expect(await usage.json()).toMatchObject({
      key: { id, name: 'laptop', team: 'core' },
      limits: [],
      usage: { today: { requests: 1, failed: 0 } },
    });
    expect((await run('usage', '--by', 'key', '--key', id)).stdout).toMatch(new RegExp(`^KEY.*COST\\n${id} +1 `));
    expect(await run('keys', 'disable', 'laptop')).toMatchObject({ code: 0 });
    expect((await chat(value)).status).toBe(403);
    expect(await run('keys', 'enable', 'laptop')).toMatchObject({ code: 0 });
    const rotated = json((await run('keys', 'rotate', 'laptop', '--json')).stdout).value;
    expect([(await chat(value)).status, (await chat(rotated)).status]).toEqual([401, 200]);
    expect(await run('keys', 'delete', 'laptop')).toMatchObject({
      code: 0,
      stdout: `Is deleted: virtual_keys/${id}\n`,
    });
    expect((await chat(rotated)).status).toBe(401);
    expect((await run('audit')).stdout).toMatch(/virtual-key\.delete +key_/);
  });

  it('lets a name mean something else to a team with its next request, and tells where that would lead nowhere', async () => {
    const { run, chat } = await openHouse();
    const own = (names: object) => ['--set', `model_aliases=${JSON.stringify(names)}`];
    expect(await run('teams', 'create', '--id', 'core', ...own({ demo: 'demo/small' }))).toMatchObject({ code: 0 });
    const made = await run('keys', 'create', '--name', 'laptop', '--team', 'core', '--json');
    const { value } = json(made.stdout);
    const servedBy = async () => (await chat(value)).headers.get('x-turnpike-model');
    expect(await servedBy()).toBe('demo/small');
    const lost = await run('teams', 'update', 'core', ...own({ demo: { targets: ['demmo/x'] } }));
    expect(lost.code).not.toBe(0);
    expect(lost.stderr).toContain('model_aliases.demo.targets[0]: there is no provider `demmo`');
    const weighted = { targets: [{ target: 'demo/large', weight: 1 }] };
    expect(await run('teams', 'update', 'core', ...own({ demo: weighted }))).toMatchObject({ code: 0 });
    expect(await servedBy()).toBe('demo/large');
    expect(await run('teams', 'update', 'core', ...own({ demo: null }))).toMatchObject({ code: 0 });
    expect(await servedBy()).toBe('demo/demo');
  });

  it('makes rules that hold with the next request, for every operation, and never takes over a faulty one', async () => {
    const { origin, run, chat } = await openHouse();
    const { value } = json((await run('keys', 'create', '--name', 'laptop', '--json')).stdout);
    const embed = () =>
      fetch(`${origin}/v1/embeddings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${value}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo/vectors', input: 'hello' }),
      });
    expect((await chat(value)).status).toBe(200);
    expect((await embed()).status).not.toBe(403);
    const when = ['--when', 'key.name == "laptop"'];
    expect(await run('rules', 'create', '--id', 'pause', ...when, '--set', 'do.refuse=Not today.')).toMatchObject({
      code: 0,
    });
    for (const refused of [await chat(value), await embed()]) {
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('Not today.');
    }
    const faulty = await run('rules', 'update', 'pause', '--when', 'key.nme == "laptop"');
    expect(faulty.code).not.toBe(0);
    expect(faulty.stderr).toContain(
      'when: `key` has no field `nme` (did you mean `name`?), at 1:5\n    key.nme == "laptop"\n        ^\n',
    );
    expect((await chat(value)).status).toBe(403);
    expect((await run('rules', 'list')).stdout).toMatch(
      /^PRIORITY.*\n0 +pause +key\.name == "laptop" +refuse Not today\. +enforce\n$/,
    );
    expect((await run('audit')).stdout).toMatch(/rule\.create +pause/);
    await run('rules', 'delete', 'pause');
    expect((await chat(value)).status).toBe(200);
  });

  it('tells how deployments are, and closes one for good or for a while', async () => {
    const { run } = await openHouse();
    const well = await run('status');
    expect(well).toMatchObject({ code: 0, stderr: '' });
    expect(well.stdout).toMatch(/^The only deployment is well\.\nturnpike \S+ at http:.*, up \d+ s, configuration 1\n/);
    const closed = ['--id', 'pause', '--provider', 'demo', '--state', 'disabled', '--reason', 'a pause'];
    expect(await run('deployment-states', 'create', ...closed)).toMatchObject({ code: 0 });
    expect((await run('status')).stdout).toMatch(
      /^Of 1 deployment 1 is disabled\.\n[^]*\n✕  demo\/\* +1 +disabled +a pause\n$/,
    );
    const { summary }: { summary: object } = JSON.parse((await run('status', '--json')).stdout);
    expect(summary).toEqual({ total: 1, ready: 0, recovering: 0, resting: 0, draining: 0, disabled: 1 });
    expect((await run('audit')).stdout).toMatch(/deployment-state\.create +pause/);
    await run('deployment-states', 'delete', 'pause');
    await run('deployment-states', 'create', '--id', 'typo', '--provider', 'domo', '--state', 'disabled');
    expect((await run('status')).stdout).toContain('warning: `typo` closes nothing: there is no provider `domo`\n');
    await run('deployment-states', 'delete', 'typo');
    expect((await run('status')).stdout).toMatch(/^The only deployment is well\./);
  });

  it('tells where a request would go and why one went there', async () => {
    const { origin, directory, run } = await openHouse();
    const made = json((await run('keys', 'create', '--name', 'laptop', '--json')).stdout);
    const told = await run('route', 'explain', 'demo', '--key', 'laptop', '--agent', 'codex', '--tools');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(
      /^demo\nasked by laptop\nfrom codex · about \d+ tokens\n\n✓  1  demo\/demo  demo#1  \S+/,
    );
    expect(told.stdout).toMatch(/\n→ goes to demo\/demo with demo#1\n$/);
    writeFileSync(join(directory, 'request.json'), body);
    const pasted = await run('route', 'explain', '--file', 'request.json', '--json');
    expect(JSON.parse(pasted.stdout)).toMatchObject({ request: { dialect: 'chat' }, outcome: { result: 'sent' } });

    const answer = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${made.value}`, 'content-type': 'application/json' },
      body,
    });
    const shown = await run('route', 'show', answer.headers.get('x-request-id') ?? '');
    expect(shown.stdout).toMatch(/\n→ demo\/demo answered: done after .*\n$/);
    expect(await run('route', 'show', 'ex_nothing')).toMatchObject({
      code: 1,
      stderr: 'There is no record of the request `ex_nothing`.\n',
    });
  });

  it('tells how a document differs, with exit code 2, and makes it so', async () => {
    const { directory, run } = await openHouse();
    await run('teams', 'create', '--id', 'core', '--name', 'Core team');
    const document = 'teams:\n  - { id: core, name: Core, tags: [a] }\nbudgets:\n  - { id: all, dollars: 100 }\n';
    writeFileSync(join(directory, 'wanted.yaml'), document);
    const differs = await run('diff', '--config', 'wanted.yaml');
    expect(differs).toEqual({
      code: 2,
      stderr: '',
      stdout:
        '~ teams/core\n    name: "Core team" → "Core"\n    tags: [] → ["a"]\n+ budgets/all\n1 to create, 1 to change, 0 to delete; 0 unchanged.\n',
    });
    expect(await run('apply', '--config', 'wanted.yaml')).toMatchObject({ code: 0, stderr: 'Done.\n' });
    expect(await run('diff', '--config', 'wanted.yaml')).toMatchObject({ code: 0 });
    expect((await run('budgets', 'list')).stdout).toBe(
      'ID   APPLIES     LIMIT  EVERY  MODE\nall  everything  $100   month  enforce\n',
    );
  });

  it('says what is wrong, in words for whoever typed it', async () => {
    const { run } = await openHouse();
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['kyes'], /^There is no command `kyes`\. Did you mean `keys`\?/],
      [['route', 'explain', 'demo', '--key', 'nobody'], /^There is no virtual key `nobody`\.\n$/],
      [['route', 'explain'], /^Name a model, or a request with --file\.\n$/],
      [['keys', 'get', 'nobody'], /^There is no virtual key `nobody`\.\n$/],
      [['budgets', 'create', '--dollars', '-5'], /^dollars: must be dollars from 0/],
      [['limits', 'create', '--requests', 'many'], /^--requests wants a number, not "many"\.\n$/],
      [['diff', '--config', 'nowhere.yaml'], /^nowhere\.yaml +cannot be read: there is no such file/],
      [['keys', 'list', '--url', 'https://elsewhere.example'], /^Which token does https:\/\/elsewhere\.example know\?/],
      [['keys', 'list', '--token', 'wrong'], /^This administrative token is not known\.\n$/],
    ];
    const ended = await Promise.all(cases.map(([args]) => run(...args)));
    for (const [index, [, message]] of cases.entries())
      expect(ended[index]).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });

  it('knows no token any more that was replaced, without a restart', async () => {
    const { directory, origin } = await openHouse();
    const before = readFileSync(join(directory, 'data/admin-token'), 'utf8').trim();
    const rotated = await startProgram(directory, 'admin-token', 'rotate', '--data', 'data').ended;
    expect(rotated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tp-admin-\S{32}\n$/) });
    const me = (token: string) => fetch(`${origin}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect([(await me(before)).status, (await me(rotated.stdout.trim())).status]).toEqual([401, 200]);
  });
});
