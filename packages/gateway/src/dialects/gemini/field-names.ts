/** Fields that are read by names with capitals in them. */
const camelNames = [
  'allowedFunctionNames',
  'blockReason',
  'blockReasonMessage',
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'codeExecutionResult',
  'executableCode',
  'fileData',
  'fileUri',
  'finishMessage',
  'finishReason',
  'functionCall',
  'functionCallingConfig',
  'functionDeclarations',
  'functionResponse',
  'generationConfig',
  'groundingChunks',
  'groundingMetadata',
  'includeThoughts',
  'inlineData',
  'jsonPath',
  'maxOutputTokens',
  'mimeType',
  'modelVersion',
  'numberValue',
  'parametersJsonSchema',
  'partialArgs',
  'promptFeedback',
  'promptTokenCount',
  'quotaId',
  'responseId',
  'responseJsonSchema',
  'responseMimeType',
  'responseSchema',
  'retryDelay',
  'stopSequences',
  'stringValue',
  'systemInstruction',
  'thinkingBudget',
  'thinkingConfig',
  'thinkingLevel',
  'thoughtSignature',
  'thoughtsTokenCount',
  'toolCall',
  'toolConfig',
  'toolResponse',
  'toolType',
  'toolUsePromptTokenCount',
  'topK',
  'topP',
  'usageMetadata',
  'willContinue',
] as const;

export type CamelName = (typeof camelNames)[number];

/** The other spelling of a name. Looked up and not made: this happens for many fields of every chunk. */
export const snakeNames: ReadonlyMap<string, string> = new Map(camelNames.map((name) => [name, snakeCase(name)]));

/** `maxOutputTokens` as `max_output_tokens`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
