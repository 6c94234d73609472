import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forbiddenReason } from './address-guard.ts';

const privateText = 'it is a private or link-local address';

describe('forbiddenReason', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:ffff:7f00:1'])(
    'always permits loopback: %s',
    (address) => {
      expect(forbiddenReason(address, { allowPrivate: false })).toBeUndefined();
      expect(forbiddenReason(address, { allowPrivate: true })).toBeUndefined();
    },
  );

  it.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.255.255', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'permits public addresses: %s',
    (address) => expect(forbiddenReason(address, { allowPrivate: false })).toBeUndefined(),
  );

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '168.63.129.16',
    '192.0.0.192',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '::10.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
    '2002:a9fe:a9fe::1',
    '2001::1',
  ])('refuses %s unless private addresses are allowed', (address) => {
    expect(forbiddenReason(address, { allowPrivate: false })).toBe(privateText);
    expect(forbiddenReason(address, { allowPrivate: true })).toBeUndefined();
  });

  it.each(['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '240.0.0.1', '::', 'ff02::1', '::ffff:0.0.0.0'])(
    'refuses %s even then',
    (address) => {
      expect(forbiddenReason(address, { allowPrivate: true })).toMatch(/unspecified, multicast/);
    },
  );

  it.each(['64:ff9b::7f00:1', '2002:7f00:1::', '::127.0.0.1', '::ffff:0:127.0.0.1'])(
    'refuses loopback behind a translator: %s',
    (address) => expect(forbiddenReason(address, { allowPrivate: true })).toMatch(/through a translator/),
  );

  it.each(['localhost', '', '10.0.0', '1.2.3.4.5', '::g'])('refuses what is no address: %j', (text) => {
    expect(forbiddenReason(text, { allowPrivate: true })).toBe('it is not an IP address');
  });

  it('says the same of an IPv4 address and of its mapped form, however that is spelled', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, allowPrivate) => {
        const hex = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
        const expected = forbiddenReason(address, { allowPrivate });
        expect(forbiddenReason(`::ffff:${address}`, { allowPrivate })).toBe(expected);
        const spelled = `0:0:0:0:0:FFFF:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
        expect(forbiddenReason(spelled, { allowPrivate })).toBe(expected);
      }),
    );
  });

  it('decides about every IPv6 address without failing', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(['string', 'undefined']).toContain(typeof forbiddenReason(address, { allowPrivate: false }));
      }),
    );
  });

  describe('where connections stay inside', () => {
    const inside = { allowPrivate: true, insideOnly: true };

    it.each(['127.0.0.1', '::1', '10.1.2.3', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fe80::1', '::ffff:10.0.0.1'])(
      'permits this machine and private networks: %s',
      (address) => expect(forbiddenReason(address, inside)).toBeUndefined(),
    );

    it.each([
      '8.8.8.8',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
      '2001::1',
      '168.63.129.16',
      '192.0.0.1',
    ])('refuses all else: %s', (address) => expect(forbiddenReason(address, inside)).toMatch(/outside/));
  });
});
