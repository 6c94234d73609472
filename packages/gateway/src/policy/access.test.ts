import { describe, expect, it } from 'vitest';
import { directoryOf, principalWith, resource } from '../../test/kit/identity.ts';
import { withDemands } from '../identity/principal.ts';
import { principalOfKey } from '../identity/resolve-principal.ts';
import { checkAccess, mayReach, mayUse, permittedPlan } from './access.ts';

const at = (provider: string, model = 'm') => ({ provider: { name: provider }, model });
const refusal = (code: string, says: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(says) });

describe('access to models', () => {
  const ann = principalWith({ models: ['gpt-*', 'local/*'] });

  it('is given where a pattern fits', () => {
    expect(() => checkAccess(ann, 'gpt-5')).not.toThrow();
  });

  it('is refused with what is allowed instead', () => {
    expect(() => checkAccess(ann, 'claude')).toThrow(refusal('model-forbidden', /"ann".*"claude".*gpt-\*, local\/\*/));
    expect(() => checkAccess(principalWith({ models: [] }), 'claude')).toThrow(/It may use: none/);
  });

  it('names whom to ask', () => {
    const key = principalWith({ models: ['a'], contact: '#platform' });
    expect(() => checkAccess(key, 'b')).toThrow(/Ask #platform\.$/);
  });

  it('is refused by a deny list even where all models are allowed', () => {
    const key = principalWith({ deny_models: ['o1-*'] });
    expect([mayUse(key, 'o1-pro'), mayUse(key, 'gpt-5')]).toEqual([false, true]);
    expect(() => checkAccess(key, 'o1-pro')).toThrow(/may use: all models, but not o1-\*/);
  });

  it('needs the word of every level', () => {
    const directory = directoryOf([
      resource('organizations', { id: 'acme', deny_models: ['*-preview'] }),
      resource('teams', { id: 'core', organization: 'acme', models: ['gpt-*'] }),
      resource('users', { id: 'ann', teams: ['core'] }),
      resource('virtual_keys', { id: 'k', user: 'ann', models: ['*'] }),
    ]);
    const key = directory.get('virtual_keys', 'k');
    if (!key) throw new TypeError('no key');
    const principal = principalOfKey(key, directory);
    expect(['gpt-5', 'claude', 'gpt-6-preview'].map((model) => mayUse(principal, model))).toEqual([true, false, false]);
    expect(() => checkAccess(principal, 'claude')).toThrow(/The team "core" may not use "claude"/);
  });
});

describe('access to providers', () => {
  const key = principalWith({ providers: ['azure-*', 'local'] });

  it('leaves out the deployments that are not allowed', () => {
    expect(permittedPlan(key, [at('openai'), at('azure-eu'), at('local')], 'm')).toEqual([at('azure-eu'), at('local')]);
  });

  it('is refused where none is left, with what is allowed', () => {
    const failure = refusal('provider-forbidden', /"ann" may not use "openai".*"m".*azure-\*, local/);
    expect(() => permittedPlan(key, [at('openai'), at('openai')], 'm')).toThrow(failure);
  });

  it('does not let another name lead to a model that is denied', () => {
    const denied = principalWith({ deny_models: ['openai/o1-pro', 'claude-opus'] });
    const places = [at('openai', 'o1-pro'), at('other', 'o1-pro'), at('anthropic', 'claude-opus')];
    expect(places.map((place) => mayReach(denied, place))).toEqual([false, true, false]);
    expect(() => permittedPlan(denied, [at('openai', 'o1-pro')], 'best')).toThrow(
      refusal(
        'model-forbidden',
        /^"best" leads to "openai\/o1-pro", which the .* may not use\. .*but not openai\/o1-pro/,
      ),
    );
    for (const plain of ['claude-opus', 'anthropic/claude-opus'])
      expect(() => permittedPlan(denied, [at('anthropic', 'claude-opus')], plain)).toThrow(
        /may not use "(.+\/)?claude-opus"\./,
      );
  });
});

describe('labels that are demanded', () => {
  const labelled = (provider: string, ...tags: string[]) => ({ provider: { name: provider, tags }, model: 'm' });
  const directory = directoryOf([
    resource('organizations', { id: 'acme', require_tags: ['eu'] }),
    resource('teams', { id: 'core', organization: 'acme', require_tags: ['zdr', 'eu'], contact: '#legal' }),
    resource('virtual_keys', { id: 'k', team: 'core' }),
  ]);
  const key = directory.get('virtual_keys', 'k');
  if (!key) throw new TypeError('no key');
  const ann = principalOfKey(key, directory);

  it('add up over all levels, and leave out whoever lacks one', () => {
    const both = labelled('both', 'zdr', 'eu', 'fast');
    expect(permittedPlan(ann, [labelled('none'), labelled('one', 'eu'), both], 'm')).toEqual([both]);
    expect([mayReach(ann, labelled('one', 'eu')), mayReach(ann, both)]).toEqual([false, true]);
  });

  it('leave a plan as it is where everybody has them', () => {
    const plan = [labelled('one', 'eu', 'zdr'), labelled('two', 'zdr', 'eu')] as const;
    expect(permittedPlan(ann, plan, 'm')).toBe(plan);
  });

  it('refuse where nobody is left, naming what is lacking, who demands it and whom to ask', () => {
    const failure = refusal(
      'provider-forbidden',
      /^"coder" leads only to "one", without .*: the label "zdr" \(by the team "core"\)\. Ask #legal\.$/,
    );
    expect(() => permittedPlan(ann, [labelled('one', 'eu')], 'coder')).toThrow(failure);
    expect(() => permittedPlan(ann, [labelled('none')], 'm')).toThrow(
      /"zdr" \(by the team "core"\), the label "eu" \(by the team "core" and the organization "acme"\)/,
    );
  });

  it('refuse also where each of them is met, but not together', () => {
    expect(() => permittedPlan(ann, [labelled('one', 'eu'), labelled('two', 'zdr')], 'm')).toThrow(/"zdr".*"eu"/);
  });

  it('grow by what a rule demands', () => {
    const more = withDemands(principalWith(), [{ tag: 'eu', of: 'rule "home"' }]);
    expect(() => permittedPlan(more, [labelled('none')], 'm')).toThrow(/"eu" \(by the rule "home"\)/);
  });
});
