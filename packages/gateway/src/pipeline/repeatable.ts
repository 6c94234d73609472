import type { TopFields } from '../dialects/dialect.ts';
import { fieldBytes } from '../wire/peek.ts';
import { kindsInList } from '../wire/tool-kinds.ts';
import type { ClientSide } from './answer.ts';

/**
 * Whether asking twice for an answer does no more than asking once, but for what it costs. Not where the provider would start a job, add to a
 * conversation that it keeps, or call tools of others.
 */
export function isRepeatable({ dialect, envelope }: Pick<ClientSide, 'dialect' | 'envelope'>): boolean {
  const { effects } = dialect;
  if (!effects) return true;
  const peek = envelope.peek();
  const fields: TopFields = (key) => fieldBytes(peek, key);
  if (effects.fields.some((name) => isSet(fields(name)))) return false;
  const tools = fields('tools');
  return tools === undefined || !effects.tools.some((kind) => kindsInList(tools).has(kind));
}

function isSet(value: Buffer | undefined): boolean {
  return value !== undefined && !['null', 'false'].includes(value.toString('latin1', 0, 5));
}
