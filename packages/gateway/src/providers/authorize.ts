import type { Credential, Provider } from './provider.ts';

/** The headers that carry a credential. None where the credential has no secret (see `Credential.authorizer`) or the vendor takes none. */
export function authorize(
  provider: Pick<Provider, 'vendor' | 'keyHeader'>,
  credential: Credential,
): Record<string, string> {
  const { keyHeader } = provider;
  const { auth } = provider.vendor;
  if (credential.secret === undefined || (auth === 'none' && !keyHeader)) return {};
  const value = credential.secret.reveal();
  if (keyHeader) return { [keyHeader.name]: keyHeader.prefix + value };
  return auth === 'bearer' ? { authorization: `Bearer ${value}` } : { [auth]: value };
}
