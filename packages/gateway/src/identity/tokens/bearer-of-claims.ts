import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Directory } from '../directory.ts';
import { type Principal, whomToAsk } from '../principal.ts';
import { resolvePrincipal } from '../resolve-principal.ts';
import { claimsFit, fillTemplate } from './claims.ts';

type Issuer = ResourceOf<'token_issuers'>;
type Rule = Issuer['rules'][number];

/** Who the bearer of a token is: what the first rule says that the claims fit. Throws `token-forbidden`, `key-disabled` or `key-orphaned`. */
export function bearerOfClaims(claims: JsonObject, issuer: Issuer, directory: Pick<Directory, 'get'>): Principal {
  const rule = issuer.rules.find(({ when }) => claimsFit(claims, when));
  if (!rule) throw forbidden(issuer, undefined, 'fits none of the rules for its tokens');
  const user = userOf(claims, issuer, rule);
  const subject = typeof claims['sub'] === 'string' ? oneLine(claims['sub']) : user;
  if (subject === undefined) throw forbidden(issuer, rule, 'has a subject that is no line of text');
  const team = knownOf('teams', rule.team, { claims, issuer, rule, directory });
  const organization = knownOf('organizations', rule.organization, { claims, issuer, rule, directory });
  // Ids have no slash, so no key and no other issuer's token can have the same.
  const id = `token:${issuer.id}/${subject}`;
  return resolvePrincipal(
    {
      id,
      name: user,
      tenant: id,
      own: { holder: `token of "${user}"`, grant: rule },
      user,
      userMayBeUnknown: true,
      ...(team === undefined ? {} : { team }),
      ...(organization === undefined ? {} : { organization }),
    },
    directory,
  );
}

function userOf(claims: JsonObject, issuer: Issuer, rule: Rule): string {
  const [user, ...others] = [...new Set(fillTemplate(rule.user, claims))].map(oneLine);
  if (user !== undefined && others.length === 0) return user;
  throw forbidden(issuer, rule, `does not say who its bearer is: ${rule.user} must come to one line of text`);
}

interface Naming {
  readonly claims: JsonObject;
  readonly issuer: Issuer;
  readonly rule: Rule;
  readonly directory: Pick<Directory, 'get'>;
}

/** Of a list of groups, the first that is known here: people are in many that mean nothing to us. */
function knownOf(kind: 'teams' | 'organizations', template: string | undefined, naming: Naming): string | undefined {
  if (template === undefined) return undefined;
  const { claims, issuer, rule, directory } = naming;
  const known = fillTemplate(template, claims).find((id) => directory.get(kind, id) !== undefined);
  if (known === undefined) throw forbidden(issuer, rule, `names none of the ${kind} here (${template})`);
  return known;
}

/** Longer than any name of anybody. */
const maxLength = 256;

/** Names stand in records, messages and headers. */
function oneLine(text: string): string | undefined {
  return text !== '' && text.length <= maxLength && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) ? text : undefined;
}

function forbidden({ id }: Issuer, rule: Rule | undefined, why: string): Failure {
  return new Failure('token-forbidden', `The token of the issuer "${id}" ${why}.${whomToAsk(rule?.contact)}`);
}
