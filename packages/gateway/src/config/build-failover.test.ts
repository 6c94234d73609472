import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';

const provider = 'providers: { openai: { keys: [{ value: sk-1 }] } }';
const defaults = { maxAttempts: 4, rounds: 2, backoffMs: 250, maxBackoffMs: 2_000, firstByteMs: 90_000, resume: true };

/** The rules that hold for all names, and those of the name `coder`. */
async function rulesOf(failover: string, ofCoder = '') {
  const models = `models: { coder: { targets: [openai/gpt-5.5]${ofCoder} } }`;
  const { snapshot } = await goodConfiguration(`${provider}\n${models}\n${failover}`);
  return { common: snapshot.failover, coder: snapshot.aliases.get('coder')?.plan[0].failover };
}

describe('the rules of failing over', () => {
  it('neither hedge nor hurry an answer that has its head, unless they are told to', async () => {
    expect(await rulesOf('')).toEqual({ common: defaults });
  });

  it('allow as many attempts as the server where they do not say', async () => {
    expect((await rulesOf('server: { max_attempts: 7 }')).common.maxAttempts).toBe(7);
    expect((await rulesOf('server: { max_attempts: 7 }\nfailover: { max_attempts: 2 }')).common.maxAttempts).toBe(2);
  });

  it('can be told for one name, which keeps what it does not say', async () => {
    const common = 'failover: { hedge_after_ms: 3000, deadline_ms: 60000 }';
    const { coder } = await rulesOf(common, ', failover: { hedge_after_ms: "off", first_token_timeout_ms: 5000 }');
    expect(coder).toEqual({ ...defaults, deadlineMs: 60_000, firstTokenMs: 5_000 });
  });

  it('take milliseconds, or the word off', async () => {
    expect(await problemsOf(`${provider}\nfailover: { deadline_ms: 0 }`)).toEqual([
      expect.stringMatching(/deadline_ms/),
    ]);
  });
});
