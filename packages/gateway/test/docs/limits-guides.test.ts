import { readFileSync } from 'node:fs';
import { budget } from '@turnpike/contract/resources/budget';
import { rateLimit } from '@turnpike/contract/resources/rate-limit';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const examples = z.object({ budgets: z.array(budget).default([]), rate_limits: z.array(rateLimit).default([]) });

it.each([
  ['budgets', 4, 0],
  ['rate-limits', 0, 4],
] as const)('the examples of the guide to %s are valid', (guide, budgets, rateLimits) => {
  const page = readFileSync(new URL(`../../../../docs/guides/${guide}.md`, import.meta.url), 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const read = examples.parse(parse(yaml));
  expect([read.budgets.length, read.rate_limits.length]).toEqual([budgets, rateLimits]);
});
