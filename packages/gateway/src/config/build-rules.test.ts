import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';

const around = `
providers:
  openai: { keyless: true, base_url: http://127.0.0.1:9/v1 }
models:
  coder: { targets: [{ group: eu, targets: [openai/gpt-5.5] }, openai/gpt-5] }
rules:
`;

describe('rules of a document', () => {
  it('are looked at by priority, and among equals in their order', async () => {
    const { snapshot } = await goodConfiguration(`${around}
  - { name: last, when: stream, do: { model: coder }, priority: 5 }
  - { name: second, when: stream, do: { model: coder } }
  - { id: third, when: stream, do: { model: coder } }
  - { id: f, name: the first, when: stream, do: { model: coder }, priority: -1 }
`);
    expect(snapshot.rules.rules.map(({ name }) => name)).toEqual(['the first', 'second', 'third', 'last']);
  });

  it('are made ready in their order, without those that are disabled', async () => {
    const { snapshot } = await goodConfiguration(`${around}
  - { name: one, when: model == "a", do: { model: coder, group: eu } }
  - { name: two, when: model == "b", do: { refuse: No. }, disabled: true }
  - { name: three, when: budget_used > 0.8, do: { parameters: { reasoning_effort: low } }, mode: shadow, chain: true }
region: eu-1
`);
    const { rules } = snapshot.rules;
    expect(rules.map(({ name, chain, shadow }) => [name, chain, shadow])).toEqual([
      ['one', false, false],
      ['three', true, true],
    ]);
    expect(rules[1]?.effects.parameters).toEqual({ reasoningEffort: 'low' });
    expect([snapshot.rules.asks('budget_used'), snapshot.rules.asks('tools'), snapshot.region]).toEqual([
      true,
      false,
      'eu-1',
    ]);
  });

  it('are told with the place inside the condition', async () => {
    expect(
      await problemsOf(`${around}
  - name: juniors
    when: |
      team.id == "core" &&
        metdata.seniority == "junior"
    do: { model: coder }
  - { name: big, when: 'input_token > 100000', do: { model: coder }, disabled: true }
`),
    ).toEqual([
      [
        'turnpike.yaml:11:9  rules[0].when: there is no variable `metdata` (did you mean `metadata`?)',
        '      metdata.seniority == "junior"',
        '      ^',
      ].join('\n'),
      [
        'turnpike.yaml:13:25  rules[1].when: there is no variable `input_token` (did you mean `input_tokens`?)',
        '    input_token > 100000',
        '    ^',
      ].join('\n'),
    ]);
  });

  it('lead only where something is, and have names of their own', async () => {
    expect(
      await problemsOf(`${around}
  - { name: one, when: stream, do: { model: codr, fallbacks: [openai/x, opnai/x] } }
  - { name: one, when: stream, do: { group: ue } }
`),
    ).toEqual([
      'turnpike.yaml:8:45  rules[0].do.model: `codr` is neither a name of `models` nor `provider/model` (did you mean `coder`?)',
      'turnpike.yaml:8:73  rules[0].do.fallbacks[1]: there is no provider `opnai` (did you mean `openai`?)',
      'turnpike.yaml:9:13  rules[1].name: another rule is called `one` too',
      'turnpike.yaml:9:45  rules[1].do.group: there is no group `ue` (known: eu)',
    ]);
  });

  it('are never looked at behind one that always holds, of which there is a warning', async () => {
    const always = (more: string) =>
      problemsOf(`${around}
  - { name: early, when: stream, do: { model: coder }, priority: -1 }
  - { name: all, when: 'true', do: { fallbacks: [coder] }, ${more} }
  - { name: late, when: stream, do: { model: coder } }
  - { name: never, when: stream, do: { model: coder }, disabled: true }
`);
    expect(await always('priority: 0')).toEqual([
      'turnpike.yaml:10:5  warning: rules[2]: is never looked at: `all` before it always holds (give that one `chain: true`, or let it be the last)',
    ]);
    for (const more of ['chain: true', 'mode: shadow', 'disabled: true', 'priority: 9'])
      expect(await always(more)).toEqual([]);
  });

  it('must do something, and refuse or do something else', async () => {
    expect(
      await problemsOf(`${around}
  - { name: one, when: stream, do: {} }
  - { name: two, when: stream, do: { model: coder, refuse: No. } }
  - { name: three, when: true, do: { model: coder } }
  - { name: four, when: stream, then: { model: coder } }
`),
    ).toEqual([
      'turnpike.yaml:8:36  rules[0].do: says nothing that is to be done',
      'turnpike.yaml:9:60  rules[1].do.refuse: stands alone: what is refused needs nothing else',
      'turnpike.yaml:10:26  rules[2].when: must be text, not true (put it in quotes)',
      expect.stringMatching(/rules\[3\].do: is missing/),
      expect.stringMatching(/rules\[3\].then: is not a known field/),
    ]);
  });
});
