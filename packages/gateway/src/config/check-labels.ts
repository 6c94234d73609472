import type { ConfigDocument } from '@turnpike/contract/config';
import { hintForName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';

/** Warns of labels that are demanded and that no provider has: whoever demands one gets no answer from anybody. */
export function checkLabels(document: ConfigDocument, tell: (finding: Finding) => void): void {
  const known = new Set(Object.values(document.providers ?? {}).flatMap(({ tags }) => tags));
  for (const { path, tags } of demandsIn(document)) {
    tags.forEach((tag, at) => {
      if (known.has(tag)) return;
      const hint = hintForName(tag, known);
      const message = `no provider has the label \`${tag}\`, so these requests are refused`;
      tell({ path: [...path, at], message, severity: 'warning', ...(hint === undefined ? {} : { hint }) });
    });
  }
}

interface Demands {
  readonly path: Path;
  readonly tags: readonly string[];
}

function demandsIn(document: ConfigDocument): readonly Demands[] {
  const levels = (['organizations', 'teams', 'users', 'virtual_keys'] as const).flatMap((kind) =>
    (document[kind] ?? []).map(({ require_tags: tags }, at) => ({ path: [kind, at, 'require_tags'], tags })),
  );
  const ofTokens = document.token_issuers.flatMap(({ rules }, issuer) =>
    rules.map(({ require_tags: tags }, at) => ({ path: ['token_issuers', issuer, 'rules', at, 'require_tags'], tags })),
  );
  const ofRules = document.rules.map((rule, at) => ({
    path: ['rules', at, 'do', 'require_tags'],
    tags: rule.do.require_tags,
  }));
  return [...levels, ...ofTokens, ...ofRules];
}
