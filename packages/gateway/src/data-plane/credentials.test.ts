import { describe, expect, it } from 'vitest';
import { addressRanges } from '../core/address-ranges.ts';
import { callerAddress } from './caller-address.ts';
import { credentialsOf } from './credentials.ts';

const nobody = addressRanges([]);
const proxies = addressRanges(['10.0.0.0/8', '::1']);
const from = (remoteAddress: string | undefined, forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: { remoteAddress },
});

describe('where a request comes from', () => {
  it('is the other end of the socket, whatever the request says', () => {
    expect(callerAddress(from('1.2.3.4', '9.9.9.9'), nobody)).toBe('1.2.3.4');
    expect(callerAddress(from('1.2.3.4', '9.9.9.9'), proxies)).toBe('1.2.3.4');
  });

  it.each([
    ['5.6.7.8', '5.6.7.8'],
    ['9.9.9.9, 5.6.7.8', '5.6.7.8'],
    ['9.9.9.9, 5.6.7.8, 10.1.1.1', '5.6.7.8'],
    ['5.6.7.8:4711', '5.6.7.8'],
    ['[2001:db8::5]:4711', '2001:db8::5'],
    ['10.2.2.2, 10.1.1.1', '10.2.2.2'],
    ['unknown', undefined],
    ['5.6.7.8, garbage', undefined],
    ['garbage, 5.6.7.8', '5.6.7.8'],
    ['', '10.0.0.1'],
  ])('is told by a trusted proxy: %j', (forwarded, address) => {
    expect(callerAddress(from('10.0.0.1', forwarded), proxies)).toBe(address);
  });

  it('is the proxy itself where that speaks for nobody', () => {
    expect(callerAddress(from('::ffff:10.0.0.1'), proxies)).toBe('::ffff:10.0.0.1');
    expect(callerAddress(from(undefined, '5.6.7.8'), proxies)).toBeUndefined();
  });
});

describe('what a request shows', () => {
  const shown = (headers: Record<string, string>) => credentialsOf({ headers, socket: {} }, nobody);
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln';

  it.each([
    [{ authorization: 'Bearer sk-1' }, { key: 'sk-1' }],
    [{ authorization: `bearer  ${jwt} ` }, { key: jwt }],
    [{ authorization: 'Basic abc', 'x-api-key': ' sk-2 ' }, { key: 'sk-2' }],
    [{ 'x-goog-api-key': 'sk-3' }, { key: 'sk-3' }],
    [{ 'x-litellm-api-key': 'Bearer sk-4', authorization: 'Bearer sk-1' }, { key: 'sk-4' }],
    [{ 'x-litellm-api-key': 'sk-4' }, { key: 'sk-4' }],
    [{ authorization: `Bearer ${jwt}`, 'chatgpt-account-id': 'acc' }, { foreignLogin: true }],
    [{}, {}],
  ])('%j is %j', (headers, credentials) => {
    expect(shown(headers)).toEqual(credentials);
  });
});
