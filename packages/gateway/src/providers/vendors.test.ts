import { describe, expect, it } from 'vitest';
import { compatible } from './compatible.ts';
import { custom } from './custom.ts';
import { vendors } from './vendors.ts';

const all = [...vendors.values()];

describe('vendors', () => {
  it('have kinds of their own', () => {
    expect(new Set(compatible.map((vendor) => vendor.kind)).size).toBe(compatible.length);
    expect(vendors.size).toBeGreaterThan(compatible.length + 5);
  });

  it.each(all.filter((vendor) => vendor !== custom))('$kind is a row that can be used as it stands', (vendor) => {
    expect(vendor.kind).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(vendor.speaks.length).toBeGreaterThan(0);
    const names = Object.keys(vendor.headers ?? {});
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
  });

  it.each(all.filter((vendor) => vendor.baseUrl !== undefined))('$kind has a clean base URL', ({ baseUrl, local }) => {
    expect(baseUrl).not.toMatch(/\/$/);
    expect(new URL(baseUrl ?? '').protocol).toBe(local ? 'http:' : 'https:');
  });

  it('have no base URL only where the user alone can know it', () => {
    const without = all.filter((vendor) => vendor.baseUrl === undefined && !vendor.regional);
    const azure = ['azure', 'azure-deployments', 'azure-anthropic'];
    expect(without.map((vendor) => vendor.kind)).toEqual([...azure, 'openai-compatible', 'custom', 'demo']);
  });

  it('are found in the environment exactly when they have an address of their own: a local server may not be running', () => {
    const found = all.filter((vendor) => vendor.environment.length > 0);
    const hosted = all.filter((vendor) => !vendor.local && (vendor.baseUrl !== undefined || vendor.cloud === 'aws'));
    expect(found).toEqual(hosted);
  });

  it('share no environment variable, so that one key never goes to two vendors', () => {
    const names = all.flatMap((vendor) => vendor.environment);
    expect(new Set(names).size).toBe(names.length);
  });
});
