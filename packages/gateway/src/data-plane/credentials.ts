import type { IncomingHttpHeaders } from 'node:http';
import type { AddressRanges } from '../core/address-ranges.ts';
import type { Credentials } from '../identity/authenticate.ts';
import { type Arrived, callerAddress } from './caller-address.ts';

/** What a request shows of its caller. */
export function credentialsOf(request: Arrived, trustedProxies: AddressRanges): Credentials {
  const address = callerAddress(request, trustedProxies);
  return { ...shownIn(request.headers), ...(address === undefined ? {} : { address }) };
}

/** Headers in which agents carry their key, first found wins. */
const keyHeaders = ['x-api-key', 'x-goog-api-key', 'api-key', 'x-bf-vk'];

/** LiteLLM's clients put the gateway's key here where `authorization` holds a credential for somebody else, so it goes before all. */
const liteLlmHeader = 'x-litellm-api-key';

/** The virtual key or token. A ChatGPT login is recognised by its token's form and companion header, and not kept. */
function shownIn(headers: IncomingHttpHeaders): Credentials {
  const ours = headers[liteLlmHeader];
  if (typeof ours === 'string' && ours.trim() !== '') return { key: bearerOf(ours) ?? ours.trim() };
  const bearer = bearerOf(headers.authorization);
  if (bearer !== undefined && headers['chatgpt-account-id'] !== undefined && isJwt(bearer))
    return { foreignLogin: true };
  if (bearer) return { key: bearer };
  for (const name of keyHeaders) {
    const value = headers[name];
    if (typeof value === 'string' && value.trim() !== '') return { key: value.trim() };
  }
  return {};
}

function bearerOf(authorization: string | undefined): string | undefined {
  const match = authorization === undefined ? null : /^bearer\s+(\S+)\s*$/i.exec(authorization);
  return match?.[1];
}

function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}
