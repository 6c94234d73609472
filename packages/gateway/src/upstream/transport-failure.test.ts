import { expect, it } from 'vitest';
import { failureOfTransport } from './transport-failure.ts';

const call = {
  origin: 'https://llm.corp.example:8443',
  deadlines: { connectMs: 1_000, headersMs: 2_000, idleMs: 3_000 },
};
const withCode = (code: string) => Object.assign(new Error('it went wrong'), { code });

it.each([
  ['ENOTFOUND', 'its host is not found (ENOTFOUND)'],
  ['ECONNREFUSED', 'nobody listens there (ECONNREFUSED)'],
  ['UND_ERR_SOCKET', 'closed the connection without an answer'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'has expired'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
  ['EODD', 'could not be reached (EODD).'],
])('%s is told in words, with where it was', (code, words) => {
  const { message, code: meant } = failureOfTransport(withCode(code), call, false);
  expect(message).toContain('llm.corp.example:8443');
  expect(message).toContain(words);
  expect(meant).toBe('upstream-unreachable');
});
