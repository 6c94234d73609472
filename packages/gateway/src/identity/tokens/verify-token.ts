import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { IssuerKeys } from './issuer-keys.ts';

type Issuer = ResourceOf<'token_issuers'>;

/** What a token says, now that it is certain who says it. Throws `token-invalid`, `token-expired` or `token-unverifiable`. */
export async function verifyToken(token: string, issuer: Issuer, keys: IssuerKeys, clock: Clock): Promise<JsonObject> {
  const options: JWTVerifyOptions = {
    issuer: issuer.issuer,
    audience: issuer.audiences,
    algorithms: issuer.algorithms,
    clockTolerance: issuer.clock_skew_s,
    currentDate: new Date(clock.now()),
    requiredClaims: ['exp'],
  };
  try {
    const claims: unknown = await verifiedBy(token, keys, options);
    if (!isJsonObject(claims)) throw new TypeError('jose lets only objects pass');
    return claims;
  } catch (thrown) {
    throw asTokenFailure(thrown, issuer);
  }
}

async function verifiedBy(token: string, keys: IssuerKeys, options: JWTVerifyOptions): Promise<unknown> {
  try {
    return (await jwtVerify(token, (header, jws) => keys.find(header, jws), options)).payload;
  } catch (thrown) {
    // Without a key's id in the token, each key that might be meant is tried.
    if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) throw thrown;
    for await (const key of thrown) {
      const result = await jwtVerify(token, key, options).catch(passSignature);
      if (result) return result.payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function passSignature(thrown: unknown): undefined {
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return undefined;
  throw thrown;
}

function asTokenFailure(thrown: unknown, { id, audiences, algorithms }: Issuer): unknown {
  if (!(thrown instanceof errors.JOSEError)) return thrown;
  const invalid = (why: string) =>
    new Failure('token-invalid', `The token of the issuer "${id}" is refused: ${why}.`, { cause: thrown });
  if (thrown instanceof errors.JWTExpired) {
    const { exp } = thrown.payload;
    const when = typeof exp === 'number' && Number.isFinite(exp) ? ` at ${new Date(exp * 1000).toISOString()}` : '';
    return new Failure('token-expired', `The token of the issuer "${id}" expired${when}. Fetch a new one.`);
  }
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    if (thrown.claim === 'aud') return invalid(`its audience is none of: ${audiences.join(', ')}`);
    if (thrown.claim === 'nbf') return invalid('it is not valid yet; compare the clocks');
    return invalid(`its claim "${thrown.claim}" is missing or wrong`);
  }
  if (thrown instanceof errors.JOSEAlgNotAllowed) return invalid(`it must be signed with ${algorithms.join(', ')}`);
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return invalid('its signature is wrong');
  if (thrown instanceof errors.JWKSNoMatchingKey)
    return invalid('it is signed with a key that its issuer does not list');
  return invalid('it is malformed');
}
