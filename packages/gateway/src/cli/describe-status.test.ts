import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../core/json.ts';
import { describeStatus, duration } from './describe-status.ts';

const nowMs = Date.parse('2027-01-31T12:00:00Z');
const gateway = { version: '1.2.3', uptime_s: 11_520, configuration_version: 4 };
const paint = (_style: string, text: string) => text;

function item(fields: JsonObject): JsonObject {
  return {
    provider: 'openai',
    model: 'gpt-5.5',
    credential: 'openai#first',
    names: ['coder'],
    state: 'ready',
    failures_in_a_row: 0,
    ...fields,
  };
}

function described(items: readonly JsonObject[], all = false): readonly string[] {
  const view = { url: 'http://localhost:8080', nowMs, paint, columns: undefined, all };
  return describeStatus({ gateway, items: [...items] }, view).split('\n');
}

describe('the status of a gateway', () => {
  it('says first whether all is well', () => {
    expect(described([item({}), item({})])[0]).toBe('All 2 deployments are well.');
    expect(described([item({})])[0]).toBe('The only deployment is well.');
    expect(described([])[0]).toBe('No deployments: the configuration has no provider with a key.');
  });

  it('says first how many are not, and below why and for how long', () => {
    const resting = item({
      credential: 'openai#second',
      state: 'resting',
      why: 'rate-limited',
      until: '2027-01-31T12:00:41.500Z',
      failures_in_a_row: 3,
    });
    const disabled = item({ provider: 'azure', credential: 'azure#1', state: 'disabled', reason: 'moves', names: [] });
    expect(described([item({ in_flight: 2, first_token_ms: 840 }), resting, disabled])).toEqual([
      'Of 3 deployments 1 rests and 1 is disabled.',
      'turnpike 1.2.3 at http://localhost:8080, up 3 h 12 min, configuration 4',
      '',
      '   DEPLOYMENT      KEY     STATE     FOR   WHY                        RUNNING  FIRST WORD  NAMES',
      '●  openai/gpt-5.5  first   well                                       2        0.8 s       coder',
      '○  openai/gpt-5.5  second  resting   42 s  rate limited (3 failures)                       coder',
      '✕  azure/gpt-5.5   1       disabled        moves',
      '',
    ]);
  });

  it('warns of what was closed by a name that nobody has', () => {
    const view = { url: 'http://localhost:8080', nowMs, paint, columns: undefined, all: false };
    const answer = { gateway, items: [item({})], warnings: ['`x` closes nothing: there is no provider `opnai`'] };
    expect(describeStatus(answer, view)).toContain('\nwarning: `x` closes nothing: there is no provider `opnai`\n');
  });

  it('of very many shows those that are not well, and counts the others', () => {
    const many = [...Array.from({ length: 60 }, () => item({})), item({ state: 'recovering', why: 'failing' })];
    const lines = described(many);
    expect(lines).toHaveLength(7);
    expect(lines.at(-2)).toBe('and 60 that are well (--all shows them)');
    expect(described(many, true)).toHaveLength(66);
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [3_600, '1 h 0 min'],
    [172_800, '2 d 0 h'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
