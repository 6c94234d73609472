import type { ConfigDocument } from '@turnpike/contract/config';
import type { Finding, Path } from './problem.ts';

interface Ground {
  readonly document: ConfigDocument;
  tell(finding: Finding): void;
}

/** Tells when a name that something leads to is one that is going. */
export function checkDeprecated(name: string, path: Path, { document: { models }, tell }: Ground): void {
  const deprecated = Object.hasOwn(models, name) ? models[name]?.deprecated : undefined;
  if (deprecated) tell({ path, message: `\`${name}\` is deprecated`, hint: `write \`${deprecated.use}\`` });
}
