import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { scope } from '@turnpike/contract/resources/scope';
import { z } from 'zod';
import { pageQuery } from '../http/route.ts';

/** Fields that hold more than words cannot be looked for. */
const notSearched: ReadonlySet<string> = new Set(['metadata', 'scope', 'increases', 'price', 'rules', 'warn_at']);

/** What a list of a kind can be asked for: its fields by their values, part of a name, a page. */
export function listQuery(kind: ResourceKind) {
  const { shape } = resourceKinds[kind];
  const names = [...Object.keys(shape), ...('scope' in shape ? Object.keys(scope.shape) : [])];
  const fields = Object.fromEntries(
    names
      .filter((name) => !notSearched.has(name))
      .map((name) => [
        name,
        z
          .string()
          .max(500)
          .optional()
          .meta({ description: `Only those with this \`${name}\`.` }),
      ]),
  );
  const own = {
    q: z.string().max(200).optional().meta({ description: 'Part of the id or the name.' }),
    source: z
      .enum(['file', 'api'])
      .optional()
      .meta({ description: 'Only what the document makes, or only what the API does.' }),
  };
  return z.strictObject({ ...fields, ...pageQuery, ...own });
}
