import type { Credential, Provider } from './provider.ts';

/** The headers that carry a credential. None where the credential has no secret (see `Credential.authorizer`) or the vendor takes none. */
export function authorize(provider: Pick<Provider, 'vendor'>, credential: Credential): Record<string, string> {
  const { auth } = provider.vendor;
  if (auth === 'none' || credential.secret === undefined) return {};
  const value = credential.secret.reveal();
  return auth === 'bearer' ? { authorization: `Bearer ${value}` } : { [auth]: value };
}
