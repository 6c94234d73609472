import { expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { resource } from '../../test/kit/identity.ts';
import { createDirectory } from '../identity/directory.ts';
import { holdRules } from './hold-rules.ts';

const providers = 'providers: { openai: { keyless: true, base_url: http://127.0.0.1:9/v1 } }';
const models = 'models: { coder: { targets: [openai/gpt-5.5] }, small: { targets: [openai/gpt-5-mini] } }';
const rules = `rules:
  - { name: written, when: 'true', do: { model: coder } }
  - { name: guard, when: 'true', do: { refuse: No. }, priority: -1000 }`;

async function house() {
  const { snapshot } = await goodConfiguration([providers, models, rules].join('\n'));
  const bare = await goodConfiguration(`${providers}\nmodels: { coder: { targets: [openai/gpt-5.5] } }`);
  const directory = createDirectory();
  const told: string[] = [];
  let current = snapshot;
  const replace = (next: typeof snapshot) => {
    directory.replaceFile(next.resources.map((each) => each.resource));
    current = next;
  };
  replace(snapshot);
  const held = holdRules({ directory, current: () => current, tell: (problem) => void told.push(problem) });
  const put = (id: string, fields: object) =>
    directory.apply([
      { change: 'put', resource: resource('rules', { id, when: 'stream', do: { model: 'small' }, ...fields }) },
    ]);
  return { directory, held, put, replace, bare: bare.snapshot, snapshot, told };
}

const namesIn = ({ rules: { rules: all } }: { rules: { rules: readonly { name: string }[] } }) =>
  all.map(({ name }) => name);

it('rules that operators make stand among those of the document by priority, behind its own among equals', async () => {
  const { held, put, snapshot } = await house();
  expect(held()).toBe(snapshot);
  put('b', {});
  put('a', { name: 'made' });
  put('c', { disabled: true });
  put('early', { priority: -1 });
  put('at once', { priority: -1000 });
  expect(namesIn(held())).toEqual(['guard', 'at once', 'early', 'written', 'made', 'b']);
});

it('a change of one holds with the next look, and until then all is the same', async () => {
  const { directory, held, put, snapshot } = await house();
  put('a', {});
  const first = held();
  expect(held()).toBe(first);
  expect(first.plans).toBe(snapshot.plans);
  put('b', {});
  expect(namesIn(held())).toEqual(['guard', 'written', 'a', 'b']);
  expect(held().rules.rules[2]).toBe(first.rules.rules[2]);
  expect(namesIn(first)).toEqual(['guard', 'written', 'a']);
  directory.apply([{ change: 'delete', kind: 'rules', id: 'a' }]);
  directory.apply([{ change: 'delete', kind: 'rules', id: 'b' }]);
  expect(held()).toBe(snapshot);
});

it('a rule whose model a later configuration does not have is told of, and goes on holding', async () => {
  const { held, put, replace, bare, told } = await house();
  put('a', {});
  expect([namesIn(held()), told]).toEqual([['guard', 'written', 'a'], []]);
  replace(bare);
  expect(namesIn(held())).toEqual(['a']);
  expect(told).toEqual([expect.stringContaining('the rule "a" is wrong by now: `small` is neither a name of')]);
});
