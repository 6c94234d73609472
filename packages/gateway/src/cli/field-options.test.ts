import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addFieldOptions, bodyOf } from './field-options.ts';
import { CommandError } from './io.ts';

function bodyFor(kind: Parameters<typeof bodyOf>[0], ...args: string[]) {
  const command = addFieldOptions(new Command(), kind).exitOverride();
  command.parse(args, { from: 'user' });
  return bodyOf(kind, command.opts());
}

describe('the options of a resource', () => {
  it('say its fields, each in its type', () => {
    expect(bodyFor('virtual_keys', '--team', 'core', '--models', 'gpt-*, o4', '--disabled', '--service', 'no')).toEqual(
      {
        team: 'core',
        models: ['gpt-*', 'o4'],
        disabled: true,
        service: false,
      },
    );
    expect(bodyFor('virtual_keys', '--models', '')).toEqual({ models: [] });
  });

  it('say the scope of a limit without its name', () => {
    const args = [
      '--team',
      'core',
      '--per',
      'user',
      '--dollars',
      '12.50',
      '--warn-at',
      '0.5,0.9',
      '--time-zone',
      'Europe/Berlin',
    ];
    expect(bodyFor('budgets', ...args)).toEqual({
      scope: { team: 'core' },
      per: 'user',
      dollars: '12.50',
      warn_at: [0.5, 0.9],
      time_zone: 'Europe/Berlin',
    });
  });

  it('set anything else by its place', () => {
    expect(
      bodyFor('teams', '--set', 'metadata.cost.center=4711', '--set', 'tags=["a"]', '--set', 'name=Core=team'),
    ).toEqual({
      metadata: { cost: { center: 4711 } },
      tags: ['a'],
      name: 'Core=team',
    });
  });

  it.each([
    ['limits of no number', () => bodyFor('rate_limits', '--requests', 'many')],
    ['a flag that is neither', () => bodyFor('teams', '--disabled', 'perhaps')],
    ['a place without a value', () => bodyFor('teams', '--set', 'name')],
  ])('refuse %s', (_, read) => {
    expect(read).toThrow(CommandError);
  });
});
