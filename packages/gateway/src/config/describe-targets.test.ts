import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { describeTargets } from './describe-targets.ts';

async function told(alias: string): Promise<string> {
  const { snapshot } = await goodConfiguration(`
providers:
  a: { kind: openai-compatible, base_url: http://127.0.0.1:1/v1, keyless: true }
  b: { kind: openai-compatible, base_url: http://127.0.0.1:2/v1, keyless: true }
models:
  m: ${alias}
  fast: { targets: [{ target: a/f, weight: 1 }, { target: b/f, weight: 1 }] }
  safe: { targets: [a/s], fallbacks: [fast] }
`);
  return describeTargets(snapshot.aliases.get('m')?.chain ?? []);
}

describe('where a name leads', () => {
  it.each([
    ['{ targets: [a/x], fallbacks: [b/y, b/z] }', 'a/x, then b/y, then b/z'],
    [
      '{ targets: [{ target: a/x, weight: 7 }, { target: b/y, weight: 3 }], fallbacks: [b/z] }',
      'a/x 70 % or b/y 30 %, then b/z',
    ],
    ['{ targets: [{ target: a/x, weight: 0 }, { target: b/y, weight: 2 }] }', 'a/x 0 % or b/y 100 %'],
    ['{ targets: [{ target: a/x, weight: 0 }, { target: b/y, weight: 0 }] }', 'a/x or b/y'],
    ['{ targets: [{ target: a/x, weight: 90000 }, { target: b/y, weight: 1 }] }', 'a/x 100 % or b/y < 0.1 %'],
    [
      '{ strategy: round-robin, affinity: "off", targets: [a/x, b/y] }',
      'a/x or b/y, by round-robin; each request anew',
    ],
    ['{ affinity: "off", targets: [a/x], fallbacks: [b/y] }', 'a/x, then b/y; each request anew'],
  ])('is told with shares and strategies: %s', async (alias, words) => {
    expect(await told(alias)).toBe(words);
  });

  it.each([
    ['{ targets: [a/x], fallbacks: [fast, b/y] }', 'a/x, then fast (a/f 50 % or b/f 50 %), then b/y'],
    [
      '{ targets: [{ target: safe, weight: 1 }, { target: b/x, weight: 3 }] }',
      'safe 25 % (targets (a/s), then fast (a/f 50 % or b/f 50 %)) or b/x 75 %',
    ],
    ['{ targets: [b/f], fallbacks: [fast] }', 'b/f, then fast (a/f 100 %)'],
  ])('is told with the names that it leads to: %s', async (alias, words) => {
    expect(await told(alias)).toBe(words);
  });

  it('is told with its groups', async () => {
    const alias = `
    targets:
      - { group: eu, weight: 3, targets: [{ group: near, strategy: lowest-cost, targets: [a/x, b/x] }, a/y] }
      - { group: us, weight: 1, targets: [{ target: a/z, weight: 1 }, { target: b/z, weight: 3 }] }
    fallbacks: [b/last]`;
    expect(await told(alias)).toBe(
      'eu 75 % (near (a/x or b/x, by lowest-cost), then a/y) or us 25 % (a/z 25 % or b/z 75 %), then b/last',
    );
  });
});
