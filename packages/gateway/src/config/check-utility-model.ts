import type { ConfigDocument } from '@turnpike/contract/config';
import { hintForName } from './nearest-name.ts';
import type { Finding } from './problem.ts';

/** Tells when `utility_model` leads nowhere. It must be as good a name as one that an agent may ask for. */
export function checkUtilityModel(document: ConfigDocument, tell: (finding: Finding) => void): void {
  checkModelName(document.utility_model, ['utility_model'], { document, tell });
}

/** Tells when a name of a model, if there is one, leads nowhere. */
export function checkModelName(
  name: string | undefined,
  path: readonly string[],
  { document, tell }: { readonly document: ConfigDocument; tell(finding: Finding): void },
): void {
  const { models } = document;
  if (name === undefined || Object.hasOwn(models, name)) return;
  const slash = name.indexOf('/');
  const providers = Object.keys(document.providers ?? {});
  if (slash > 0 && slash < name.length - 1) {
    const provider = name.slice(0, slash);
    if (providers.includes(provider)) return;
    const hint = hintForName(provider, providers);
    tell({ path, message: `there is no provider \`${provider}\``, ...(hint ? { hint } : {}) });
    return;
  }
  const hint = hintForName(name, Object.keys(models)) ?? 'or write `provider/model`';
  tell({ path, message: `\`${name}\` is neither a name of \`models\` nor \`provider/model\``, hint });
}
