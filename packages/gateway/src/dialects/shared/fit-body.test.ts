import { describe, expect, it } from 'vitest';
import { fitBody, fitPlan } from './fit-body.ts';

const quirks = { modelInPath: true, fields: { anthropic_version: 'vertex-2023-10-16' } };

describe('a body for a vendor that wants it otherwise', () => {
  it('loses the model that stands in the path and gains what must be said', () => {
    expect(fitBody({ model: 'm', stream: true }, quirks)).toEqual({
      stream: true,
      anthropic_version: 'vertex-2023-10-16',
    });
  });

  it('passes with the same changes', () => {
    expect(fitPlan({ replace: { model: '"m"', other: '1' }, remove: ['local'] }, quirks)).toEqual({
      replace: { other: '1', anthropic_version: '"vertex-2023-10-16"' },
      remove: ['local', 'model'],
    });
  });

  it('is left alone where there is nothing to change', () => {
    const body = { model: 'm' };
    const plan = { replace: { model: '"m"' }, remove: [] };
    expect(fitBody(body, {})).toBe(body);
    expect(fitPlan(plan, {})).toBe(plan);
  });
});
