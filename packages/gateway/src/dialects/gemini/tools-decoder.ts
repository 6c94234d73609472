import type { FunctionTool, Tool, ToolChoice } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, unknownFields } from '../../core/json.ts';
import { malformed } from '../shared/read-fields.ts';
import { toJsonSchema } from './schema.ts';
import { dialectName, extraOf, fieldOf, objectField, objectsField, stringField } from './types.ts';

/** Built-in tools by the field's common names. */
const builtIn: Readonly<Record<string, string>> = {
  googleSearch: 'web_search',
  google_search: 'web_search',
  googleSearchRetrieval: 'web_search',
  urlContext: 'web_fetch',
  url_context: 'web_fetch',
  codeExecution: 'code_interpreter',
  code_execution: 'code_interpreter',
  fileSearch: 'file_search',
  computerUse: 'computer_use',
};

const functionFields: ReadonlySet<string> = new Set(['functionDeclarations', 'function_declarations']);

/** `tools`: an entry holds functions, built-in tools or both. */
export function decodeTools(entries: readonly Json[]): readonly Tool[] {
  return entries.flatMap((entry, at) => {
    if (!isJsonObject(entry)) throw malformed(`tools[${at}]`, 'an object', entry);
    const declared = objectsField(entry, 'functionDeclarations').map((tool, index) =>
      decodeFunction(tool, `tools[${at}].functionDeclarations[${index}]`),
    );
    const others = Object.entries(unknownFields(entry, functionFields) ?? {}).map(([field, value]): Tool => {
      const tool = builtIn[field];
      const settings: JsonObject = { [field]: value };
      return tool
        ? { type: 'hosted', tool, dialect: dialectName, settings }
        : { type: 'opaque', dialect: dialectName, value: settings };
    });
    return [...declared, ...others];
  });
}

const declarationFields: ReadonlySet<string> = new Set([
  'name',
  'description',
  'parametersJsonSchema',
  'parameters_json_schema',
]);

function decodeFunction(tool: JsonObject, path: string): FunctionTool {
  const name = stringField(tool, 'name');
  if (name === undefined) throw malformed(`${path}.name`, 'a string', tool['name']);
  const description = stringField(tool, 'description');
  const parameters = objectField(tool, 'parameters');
  const schema = objectField(tool, 'parametersJsonSchema') ?? (parameters && toJsonSchema(parameters));
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(schema ? { schema } : {}),
    ...extraOf(unknownFields(tool, declarationFields)),
  };
}

/** `functionCallingConfig` as a choice. */
export function decodeChoice(config: JsonObject): ToolChoice {
  const allowed = fieldOf(config, 'allowedFunctionNames');
  const names = Array.isArray(allowed) ? allowed : [];
  const plain = Object.keys(config).length === (allowed === undefined ? 1 : 2);
  const mode = stringField(config, 'mode');
  const [name] = names;
  if (plain && names.length === 1 && mode === 'ANY' && typeof name === 'string') {
    return { mode: 'tool', tool: { name }, kind: 'function' };
  }
  const simple = plain && names.length === 0 ? simpleModes[mode ?? ''] : undefined;
  return simple ? { mode: simple } : { mode: 'opaque', dialect: dialectName, value: config };
}

const simpleModes: Readonly<Record<string, 'auto' | 'none' | 'required'>> = {
  AUTO: 'auto',
  NONE: 'none',
  ANY: 'required',
};
