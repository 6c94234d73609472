import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { LiteLlmFailure } from './failure.ts';
import type { GrantFields } from './fields.ts';
import { isSharedBudgetTag, sharedBudgetTag } from './owner.ts';

/** Field of a resource's metadata with what LiteLLM keeps and we have no place for. It is given back as it came. */
const keptField = '$litellm';

/** A resource that has a grant: what its bearer may do. */
export type Granted = ResourceOf<'virtual_keys' | 'users' | 'teams' | 'organizations'>;

/** What LiteLLM's fields are as those of a grant. Only what is given; for a new resource or for a patch of one that is there. */
export function grantPatch(fields: GrantFields, kept: JsonObject, before?: Granted): JsonObject {
  const { models, tags, blocked, object_permission: permission } = fields;
  return {
    ...(models === undefined ? {} : { models: patternsOf(models ?? []) }),
    ...(tags === undefined ? {} : { tags: tagsOf(tags ?? [], before) }),
    ...(blocked === undefined ? {} : { disabled: blocked ?? false }),
    ...(permission === undefined ? {} : { mcp_tools: toolsOf(permission) }),
    ...aliasesPatch(fields, before),
    ...metadataPatch(fields, { ...keptWords(fields), ...kept }, before),
  };
}

/** A replacement of all names that LiteLLM knows. Aliases with targets of their own are ours, and stay. */
function aliasesPatch({ aliases, model_aliases }: GrantFields, before: Granted | undefined): JsonObject {
  const wanted = model_aliases === undefined ? aliases : model_aliases;
  if (wanted === undefined) return {};
  const gone = Object.keys(plainAliases(before)).map((name): [string, null] => [name, null]);
  return { model_aliases: { ...Object.fromEntries(gone), ...wanted } };
}

/** Names that lead to other names, as LiteLLM has them. */
export function plainAliases(resource: Granted | undefined): JsonObject {
  const entries = Object.entries(resource?.model_aliases ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** LiteLLM's words for models. Whatever a key may do, its team and its user must allow, too: so a team's models are all that a key of it can have. */
function patternsOf(models: readonly string[]): readonly string[] {
  if (models.length === 0) return ['*'];
  const patterns = models.filter((each) => each !== 'no-default-models');
  return patterns.map((each) => (each === 'all-proxy-models' || each === 'all-team-models' ? '*' : each));
}

/** Words that our patterns cannot give back. */
function keptWords({ models, permissions, config }: GrantFields): JsonObject {
  const words = models?.some((each) => /^(all-(proxy|team)|no-default)-models$/.test(each));
  return {
    ...(models === undefined ? {} : { models: words ? models : null }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(config === undefined ? {} : { config }),
  };
}

/** A replacement of all metadata, as a merge patch: fields that are not there any more are taken away. */
function metadataPatch({ metadata }: GrantFields, kept: JsonObject, before: Granted | undefined): JsonObject {
  if (metadata === undefined && Object.keys(kept).length === 0) return {};
  if (metadata && keptField in metadata)
    throw new LiteLlmFailure(400, `metadata: \`${keptField}\` is taken.`, 'metadata');
  const all = withoutNulls({ ...keptOf(before), ...kept });
  const others = metadata === undefined ? ownMetadata(before) : (metadata ?? {});
  const whole: JsonObject = Object.keys(all).length > 0 ? { ...others, [keptField]: all } : others;
  return { metadata: before ? replacing(whole, before.metadata) : whole };
}

/** A merge patch after which there is just this. */
function replacing(wanted: JsonObject, before: JsonObject): JsonObject {
  const gone = Object.keys(before).filter((name) => !(name in wanted));
  const changed = Object.entries(wanted).map(([name, value]): [string, Json | undefined] => {
    const old = before[name];
    return [name, isJsonObject(value) && isJsonObject(old) ? replacing(value, old) : value];
  });
  return Object.fromEntries([...gone.map((name): [string, Json] => [name, null]), ...changed]);
}

/** A whole server, or single tools of one. Nothing said: all that others allow. */
function toolsOf(permission: GrantFields['object_permission']): readonly string[] {
  const servers = (permission?.mcp_servers ?? []).map((server) => `${server}/*`);
  const tools = Object.entries(permission?.mcp_tool_permissions ?? {});
  const named = tools.flatMap(([server, names]) => names.map((name) => `${server}/${name}`));
  const narrowed = servers.filter((server) => !tools.some(([name]) => server === `${name}/*`));
  return servers.length + named.length === 0 ? ['*'] : [...narrowed, ...named];
}

/** What a grant is in LiteLLM's fields. */
export function describeGrant(resource: Granted): JsonObject {
  const kept = keptOf(resource);
  const { models, tags, disabled } = resource;
  return {
    models: kept['models'] ?? (models.length === 1 && models[0] === '*' ? [] : models),
    tags: tags.filter((each) => !isSharedBudgetTag(each)),
    blocked: disabled,
    metadata: ownMetadata(resource),
    permissions: kept['permissions'] ?? {},
    config: kept['config'] ?? {},
    object_permission: describeTools(resource.mcp_tools),
  };
}

function describeTools(tools: readonly string[]): JsonObject | null {
  if (tools.length === 1 && tools[0] === '*') return null;
  const servers = tools.filter((each) => each.endsWith('/*')).map((each) => each.slice(0, -2));
  const named = new Map<string, string[]>();
  for (const each of tools) {
    const slash = each.indexOf('/');
    if (each.endsWith('/*') || slash < 0) continue;
    const server = each.slice(0, slash);
    named.set(server, [...(named.get(server) ?? []), each.slice(slash + 1)]);
  }
  return { mcp_servers: [...servers, ...named.keys()], mcp_tool_permissions: Object.fromEntries(named) };
}

/** What LiteLLM keeps of it besides. */
export function keptOf(resource: Granted | undefined): JsonObject {
  const kept = resource?.metadata[keptField];
  return isJsonObject(kept) ? kept : {};
}

function ownMetadata(resource: Granted | undefined): JsonObject {
  const { [keptField]: _, ...own } = resource?.metadata ?? {};
  return own;
}

/** A shared budget stays with the key, whatever tags it gets. */
function tagsOf(wanted: readonly string[], before: Granted | undefined): readonly string[] {
  const taken = wanted.find(isSharedBudgetTag);
  if (taken === undefined) return [...wanted, ...(before?.tags.filter(isSharedBudgetTag) ?? [])];
  throw new LiteLlmFailure(400, `tags: \`${taken}\` means a shared budget; name it in \`budget_id\`.`, 'tags');
}

/** The tags of a key with another shared budget, or none. */
export function withSharedBudget(tags: readonly string[], budgetId: string | null): readonly string[] {
  const others = tags.filter((each) => !isSharedBudgetTag(each));
  return budgetId === null ? others : [...others, sharedBudgetTag(budgetId)];
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}
