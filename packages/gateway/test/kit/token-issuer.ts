import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { portOf } from './vendor-server.ts';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An identity provider with OIDC discovery, as far as verifiers of its tokens see it. */
export interface TokenIssuer {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** Says what it lists at a path from now on; undefined: nothing. */
  document(path: string): unknown;
  /** Signs with a new key from now on. The old one is listed for as long as it is said. */
  rotate(options?: { readonly keepsOld?: boolean }): Promise<void>;
  /** While true, it does not answer. */
  down: boolean;
  /** Replaces what its discovery document says. */
  discovery: Record<string, unknown>;
  /** A signed token. `claims` are added to good ones: `sub` is ann, `aud` is turnpike, and an hour is left. */
  token(claims?: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export interface IssuerOptions {
  readonly issuer: string;
  /** Seconds since 1970. */
  readonly nowS: () => number;
  readonly algorithm?: string;
}

const keysPath = '/keys';

/** An issuer that is asked by calling `document`. */
export async function createTokenIssuer({ issuer, nowS, algorithm = 'ES256' }: IssuerOptions): Promise<TokenIssuer> {
  const asked: string[] = [];
  let generation = 0;
  let current: { readonly kid: string; readonly pair: KeyPair };
  let listed: object[] = [];

  async function rotate({ keepsOld = false } = {}): Promise<void> {
    generation += 1;
    const kid = `key-${generation}`;
    const pair = await generateKeyPair(algorithm, { extractable: true });
    current = { kid, pair };
    const jwk = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: algorithm };
    listed = keepsOld ? [...listed, jwk] : [jwk];
  }

  await rotate();
  const made: TokenIssuer = {
    issuer,
    asked,
    rotate,
    down: false,
    discovery: { issuer, jwks_uri: `${issuer}${keysPath}` },
    document(path) {
      asked.push(path);
      if (made.down) return undefined;
      if (path === '/.well-known/openid-configuration') return made.discovery;
      return path === keysPath ? { keys: listed } : undefined;
    },
    token(claims = {}, header = {}) {
      return new SignJWT({ iss: issuer, sub: 'ann', aud: 'turnpike', exp: nowS() + 3600, ...claims })
        .setProtectedHeader({ alg: algorithm, kid: current.kid, ...header })
        .sign(current.pair.privateKey);
    },
  };
  return made;
}

/** The same on a loopback port. */
export async function startTokenIssuer(nowS: () => number): Promise<TokenIssuer & { stop(): void }> {
  const held: { issuer?: TokenIssuer } = {};
  const server = createServer((request, response) => {
    const document = held.issuer?.document(request.url ?? '');
    if (document === undefined) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = await createTokenIssuer({ issuer: `http://127.0.0.1:${portOf(server)}`, nowS });
  held.issuer = issuer;
  return Object.assign(issuer, {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  });
}
