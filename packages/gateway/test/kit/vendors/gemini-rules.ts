import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { arrayAt, objectAt, objectsAt, textAt } from '../json-access.ts';
import type { Mint } from './mint.ts';
import { firstIn, firstOf, repeated, sameNames, strangeField, words } from './rules.ts';
import type { Refusal, VendorRequest } from './vendor.ts';

const requestFields = words(`
  contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent labels
  serviceTier
`);
const generationFields = words(`
  stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount
  maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs
  thinkingConfig mediaResolution
`);
const partFields = words(`
  text inlineData fileData functionCall functionResponse thought thoughtSignature executableCode
  codeExecutionResult videoMetadata mediaResolution
`);
const schemaFields = words(`
  type format title description nullable enum maxItems minItems properties required minProperties
  maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum
`);

/** Accepted by the API in place of a signature for calls that another model made (its page on thought signatures says so). */
const placeholders = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

/** What the Gemini API answers 400 or 403 to. The texts are the API's own, as users report them. */
export function refuseGemini(request: VendorRequest, mint: Mint): Refusal | undefined {
  const { body, headers, query } = request;
  if (!headers['x-goog-api-key'] && !query.has('key')) {
    return {
      status: 403,
      message: "Method doesn't allow unregistered callers (callers without established identity).",
    };
  }
  if (request.path.endsWith(':streamGenerateContent') && query.get('alt') !== 'sse') {
    return { status: 400, message: 'this test server speaks only alt=sse' };
  }
  const contents = objectsAt(body, 'contents');
  const complaint = firstOf(
    () => unknownName(body, requestFields, ''),
    () => generationComplaint(objectAt(body, 'generationConfig')),
    () => toolsComplaint(body),
    () => (contents.length === 0 ? '* GenerateContentRequest.contents: contents is not specified\n' : undefined),
    () => firstIn(contents, contentComplaint),
    () => firstIn(contents, (content, at) => orderComplaint(contents, content, at)),
    () => signatureComplaint(contents, { mint, required: isAtLeast3(request.path) }),
  );
  return complaint === undefined ? undefined : { status: 400, message: complaint };
}

function unknownName(object: JsonObject, allowed: readonly string[], at: string): string | undefined {
  const strange = strangeField(object, allowed);
  if (strange === undefined) return undefined;
  return `Invalid JSON payload received. Unknown name "${strange}"${at === '' ? '' : ` at '${at}'`}: Cannot find field.`;
}

function generationComplaint(settings: JsonObject): string | undefined {
  const thinking = objectAt(settings, 'thinkingConfig');
  const level = textAt(thinking, 'thinkingLevel').toLowerCase();
  return firstOf(
    () => unknownName(settings, generationFields, 'generation_config'),
    () =>
      unknownName(
        thinking,
        ['includeThoughts', 'thinkingBudget', 'thinkingLevel'],
        'generation_config.thinking_config',
      ),
    () =>
      ['', 'minimal', 'low', 'medium', 'high'].includes(level)
        ? undefined
        : `Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel), "${level}"`,
    () =>
      level !== '' && thinking['thinkingBudget'] !== undefined
        ? 'You can only set only one of thinking budget and thinking level.'
        : undefined,
  );
}

function toolsComplaint(body: JsonObject): string | undefined {
  const tools = objectsAt(body, 'tools');
  const declarations = tools.flatMap((tool) => objectsAt(tool, 'functionDeclarations'));
  const names = declarations.map((declaration) => textAt(declaration, 'name'));
  const twice = repeated(names);
  const hosted = ['googleSearch', 'urlContext', 'codeExecution', 'googleMaps', 'fileSearch'];
  const calling = objectAt(objectAt(body, 'toolConfig'), 'functionCallingConfig');
  const allowed = arrayAt(calling, 'allowedFunctionNames');
  return firstOf(
    () => firstIn(tools, (tool, at) => unknownName(tool, ['functionDeclarations', ...hosted], `tools[${at}]`)),
    () => firstIn(declarations, declarationComplaint),
    () => (twice === undefined ? undefined : `Duplicate function declaration found: ${twice}`),
    () =>
      allowed.length > 0 && calling['mode'] !== 'ANY' && calling['mode'] !== 'VALIDATED'
        ? 'Allowed function names should only be set when function calling mode is ANY or VALIDATED.'
        : undefined,
    () =>
      allowed.some((name) => typeof name !== 'string' || !names.includes(name))
        ? 'allowed_function_names must be declared functions'
        : undefined,
  );
}

function declarationComplaint(declaration: JsonObject, at: number): string | undefined {
  const where = `tools[0].function_declarations[${at}]`;
  const fields = [
    'name',
    'description',
    'parameters',
    'parametersJsonSchema',
    'response',
    'responseJsonSchema',
    'behavior',
  ];
  const strange = unknownName(declaration, fields, where);
  if (strange !== undefined) return strange;
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(textAt(declaration, 'name'))) {
    return `* GenerateContentRequest.${where}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.`;
  }
  const schema = declaration['parameters'];
  if (schema !== undefined && declaration['parametersJsonSchema'] !== undefined) {
    return `${where}: parameters and parameters_json_schema are mutually exclusive`;
  }
  return schema === undefined ? undefined : schemaComplaint(schema, `${where}.parameters`);
}

function schemaComplaint(schema: Json, where: string): string | undefined {
  if (!isJsonObject(schema)) return `Invalid value at '${where}'`;
  const strange = unknownName(schema, schemaFields, where);
  if (strange !== undefined) return strange;
  if (typeof schema['type'] !== 'string' && schema['anyOf'] === undefined)
    return `Proto field is not repeating, cannot start list: ${where}.type`;
  const properties = objectAt(schema, 'properties');
  const inner: (readonly [string, Json])[] = [];
  for (const [name, property] of Object.entries(properties)) inner.push([`properties[${name}]`, property ?? null]);
  if (schema['items'] !== undefined) inner.push(['items', schema['items']]);
  arrayAt(schema, 'anyOf').forEach((option, at) => inner.push([`any_of[${at}]`, option]));
  return firstIn(inner, ([name, value]) => schemaComplaint(value, `${where}.${name}`));
}

function contentComplaint(content: JsonObject, at: number): string | undefined {
  const parts = objectsAt(content, 'parts');
  if (content['role'] !== 'user' && content['role'] !== 'model') return 'Please use a valid role: user, model.';
  if (parts.length === 0) return `* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.\n`;
  return firstIn(parts, (part, index) => partComplaint(part, `contents[${at}].parts[${index}]`));
}

function partComplaint(part: JsonObject, where: string): string | undefined {
  const call = objectAt(part, 'functionCall');
  const response = objectAt(part, 'functionResponse');
  const data = [
    'text',
    'inlineData',
    'fileData',
    'functionCall',
    'functionResponse',
    'executableCode',
    'codeExecutionResult',
  ];
  return firstOf(
    () => unknownName(part, partFields, where),
    () =>
      data.filter((field) => part[field] !== undefined).length === 1
        ? undefined
        : `* GenerateContentRequest.${where}.data: required oneof field 'data' must have one initialized field`,
    () => unknownName(call, ['id', 'name', 'args'], `${where}.function_call`),
    () =>
      unknownName(
        response,
        ['id', 'name', 'response', 'parts', 'willContinue', 'scheduling'],
        `${where}.function_response`,
      ),
    () =>
      part['functionResponse'] !== undefined && textAt(response, 'name') === ''
        ? `* GenerateContentRequest.${where}.function_response.name: Name cannot be empty.\n`
        : undefined,
    () =>
      part['functionResponse'] !== undefined && !isJsonObject(response['response'])
        ? `Invalid value at '${where}.function_response.response' (type.googleapis.com/google.protobuf.Struct)`
        : undefined,
    () =>
      part['functionCall'] !== undefined && call['args'] !== undefined && !isJsonObject(call['args'])
        ? `Invalid value at '${where}.function_call.args' (type.googleapis.com/google.protobuf.Struct)`
        : undefined,
  );
}

function namesOf(content: JsonObject | undefined, field: 'functionCall' | 'functionResponse'): readonly string[] {
  return objectsAt(content, 'parts').flatMap((part) =>
    part[field] === undefined ? [] : [textAt(objectAt(part, field), 'name')],
  );
}

function orderComplaint(contents: readonly JsonObject[], content: JsonObject, at: number): string | undefined {
  const calls = namesOf(content, 'functionCall');
  const responses = namesOf(content, 'functionResponse');
  const previous = contents[at - 1];
  if (calls.length > 0 && content['role'] !== 'model')
    return 'Please ensure that function calls are made by the model role.';
  if (calls.length > 0 && previous?.['role'] !== 'user') {
    return 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.';
  }
  if (calls.length > 0 && !sameNames(namesOf(contents[at + 1], 'functionResponse'), calls)) {
    return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
  }
  if (responses.length > 0 && namesOf(previous, 'functionCall').length === 0) {
    return 'Please ensure that function response turn comes immediately after a function call turn.';
  }
  return undefined;
}

/** https://ai.google.dev/gemini-api/docs/thought-signatures: earlier models look at signatures but do without. */
function isAtLeast3(path: string): boolean {
  return Number(/models\/gemini-(\d+)/.exec(path)?.[1] ?? 0) >= 3;
}

interface SignatureRule {
  readonly mint: Mint;
  readonly required: boolean;
}

/** Signatures must be the vendor's own. In the turn that is being continued, each step's first call must have one. */
function signatureComplaint(contents: readonly JsonObject[], { mint, required }: SignatureRule): string | undefined {
  const current = contents.findLastIndex(
    (content) => content['role'] === 'user' && namesOf(content, 'functionResponse').length === 0,
  );
  return firstIn(contents, (content, at) => {
    const parts = objectsAt(content, 'parts');
    const firstCall = parts.findIndex((part) => part['functionCall'] !== undefined);
    return firstIn(parts, (part, index) => {
      const name = textAt(objectAt(part, 'functionCall'), 'name');
      const seal = textAt(part, 'thoughtSignature');
      if (required && seal === '' && index === firstCall && at > current) {
        return `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${at + 1}.`;
      }
      if (seal === '' || placeholders.includes(seal)) return undefined;
      return mint.opens(seal, name || 'text') ? undefined : 'Corrupted thought signature.';
    });
  });
}
