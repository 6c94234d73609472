import { expect, it } from 'vitest';
import { driverUrl, faultOfPostgresUrl, shownStore } from './postgres-url.ts';

it.each([
  ['sqlite:/data/turnpike.db', 'sqlite:/data/turnpike.db'],
  ['postgres://ann:s3cret@db:5432/turnpike?sslmode=require', 'postgres://ann:…@db:5432/turnpike?sslmode=require'],
  ['postgresql://db/turnpike?user=ann&password=s3cret', 'postgresql://db/turnpike?user=ann'],
  ['postgres://ann:s3/cret@db/turnpike', 'postgres://…'],
])('shows %s without its password', (url, shown) => {
  expect(shownStore(url)).toBe(shown);
});

it('knows what is wrong with an address', () => {
  expect(faultOfPostgresUrl('postgres://ann:s3cret@db/turnpike')).toBeUndefined();
  expect(faultOfPostgresUrl('postgres://db/turnpike?sslmode=verify-full&sslrootcert=/ca.pem')).toBeUndefined();
  expect(faultOfPostgresUrl('postgres://ann:s3/cret@db/turnpike')).toMatch(/%2F/);
  expect(faultOfPostgresUrl('postgres://db/turnpike?sslmode=on')).toMatch(/`on`.*verify-full/);
});

it('lets sslmode mean what PostgreSQL means by it', () => {
  expect(driverUrl('postgres://db/t')).toBe('postgres://db/t');
  expect(driverUrl('postgres://db/t?sslmode=require')).toBe('postgres://db/t?sslmode=require&uselibpqcompat=true');
  expect(driverUrl('postgres://db/t?sslmode=no-verify')).toBe('postgres://db/t?sslmode=no-verify');
});
