import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { matchesAny } from '../../core/name-pattern.ts';

/** More texts than this are made of no template. */
const maxTexts = 1_000;

/** Whether claims are as a rule wants them: each has a member that fits one of its patterns. */
export function claimsFit(claims: JsonObject, wanted: Readonly<Record<string, string | readonly string[]>>): boolean {
  return Object.entries(wanted).every(([name, patterns]) =>
    textsOf(claimAt(claims, name)).some((text) => matchesAny([patterns].flat(), text)),
  );
}

/**
 * What a template comes to with these claims: one text for each member of a list. None where a claim is missing.
 * Claims are put in as they are: what looks like a template inside a claim is none.
 */
export function fillTemplate(template: string, claims: JsonObject): readonly string[] {
  const parts = template.split(/\{([^{}]+)\}/);
  return parts.reduce<readonly string[]>(
    (texts, part, index) => {
      const values = index % 2 === 0 ? [part] : textsOf(claimAt(claims, part));
      return texts.flatMap((text) => values.map((value) => text + value)).slice(0, maxTexts);
    },
    [''],
  );
}

/** The claim of this name, or the one inside others that `a.b` leads to. Issuers use dots in plain names, too. */
function claimAt(claims: JsonObject, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** A claim as texts. */
function textsOf(claim: unknown): readonly string[] {
  if (Array.isArray(claim))
    return claim.slice(0, maxTexts).flatMap((member) => textsOf(Array.isArray(member) ? undefined : member));
  if (typeof claim === 'string') return [claim];
  return typeof claim === 'number' || typeof claim === 'boolean' ? [String(claim)] : [];
}
