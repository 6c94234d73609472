import type { ProviderQuirksEntry } from '@turnpike/contract/config-quirks';
import type { Quirks } from '../dialects/dialect.ts';
import { given } from '../dialects/shared/given.ts';

/** What a document says of a provider's quirks, in the dialects' terms. */
export function quirksOf(entry: ProviderQuirksEntry): Quirks {
  return {
    ...given('omit', entry.omit),
    ...given('fields', entry.fields),
    ...given('modelInPath', entry.model_in_path),
    ...given('maxTokensField', entry.max_tokens_field),
    ...given('effort', entry.effort),
    ...given('structuredOutput', entry.structured_output),
    ...given('developerRole', entry.developer_role),
    ...given('reasoningField', entry.reasoning_field),
    ...given('noStreamOptions', inverse(entry.stream_options)),
    ...given('codexTools', entry.custom_tools),
    ...given('toolChoices', entry.tool_choices),
    ...given('noStrictTools', inverse(entry.strict_tools)),
    ...given('schemaOmit', entry.schema_omit),
    ...given('noReasoningSummary', inverse(entry.reasoning_summary)),
    ...given('hostedTools', entry.hosted_tools),
    ...given('noImagesInToolResults', inverse(entry.images_in_tool_results)),
  };
}

function inverse(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
