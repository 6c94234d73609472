import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../routes.ts';
import { guides } from './guides.ts';

const documented = 'http://127.0.0.1:8080';

describe.each([...guides])('the guide for %s', (agent, guide) => {
  it('is in the documentation as the gateway serves it', () => {
    const page = new URL(`../../../../../docs/guides/${agent}.md`, import.meta.url);
    if (process.env['UPDATE'] === '1') writeFileSync(page, guide(documented, true));
    expect(readFileSync(page, 'utf8'), 'run: UPDATE=1 npx vitest run guides').toBe(guide(documented, true));
  });

  it('names the address that was used, and paths that lead somewhere', () => {
    const text = guide('https://gate.example.com', true);
    expect(text).not.toContain('127.0.0.1');
    const bases = text.match(/(?<=https:\/\/gate\.example\.com)\/[\w/-]+\/models/g) ?? [];
    expect(bases.length).toBeGreaterThan(0);
    for (const path of bases) expect(routeOf(path)).toMatchObject({ operation: 'models' });
  });

  it('is served', () => {
    expect(routeOf(`/setup/${agent}`)).toEqual({ operation: 'setup', guide });
  });
});
