import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/failure.ts';
import type { AgentName, CallerTraits } from '../dialect.ts';
import { chat } from '../chat/index.ts';
import { responses } from '../responses/index.ts';

const caller = (agent: AgentName): CallerTraits => ({ agent, stream: true, exchangeId: 'ex_1' });
const spent = new Failure('upstream-quota-exhausted', 'The account is empty.');
const unknown = new Failure('model-unknown', 'No such model.');

describe.each([chat, responses])('a failure in $name that no second try can mend', (dialect) => {
  it.each(['opencode', 'qwen-code'] as const)('is no 429 for %s, which would repeat it for minutes', (agent) => {
    expect(dialect.encodeFailure(spent, caller(agent)).status).toBe(402);
  });

  it('is a limit only where waiting is worth it', () => {
    const limited = (retryAfterMs: number) =>
      dialect.encodeFailure(new Failure('rate-limited', 'Slowly.', { retryAfterMs }), caller('opencode')).status;
    expect([limited(5_000), limited(3_600_000)]).toEqual([429, 403]);
  });

  it('is no 404 for opencode', () => {
    expect(dialect.encodeFailure(unknown, caller('opencode')).status).toBe(400);
  });

  it('keeps its usual status for everybody else', () => {
    expect(dialect.encodeFailure(spent, caller('other')).status).toBe(429);
    expect(dialect.encodeFailure(unknown, caller('other')).status).toBe(404);
  });

  it.each(['upstream-credential-refused', 'address-forbidden'] as const)(
    'is tried again by nobody after %s',
    (code) => {
      const told = (agent: AgentName) => dialect.encodeFailure(new Failure(code, 'No.'), caller(agent));
      expect(told('other')).toMatchObject({ status: 502, headers: { 'x-should-retry': 'false' } });
      expect([told('opencode').status, told('qwen-code').status]).toEqual([424, 424]);
    },
  );
});
