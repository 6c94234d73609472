/** How to point Gemini CLI at this gateway. `origin` is where it is reached. */
export function geminiCliGuide(origin: string): string {
  return `# Gemini CLI with Turnpike

\`\`\`sh
export GOOGLE_GEMINI_BASE_URL="${origin}/gemini"
export GEMINI_API_KEY="your virtual key"
gemini -m MODEL
\`\`\`

Gemini CLI must use an API key, not a Google login. In \`~/.gemini/settings.json\`:

\`\`\`json
{
  "security": { "auth": { "selectedType": "gemini-api-key" } },
  "privacy": { "usageStatisticsEnabled": false }
}
\`\`\`

## Models

- \`-m\` takes every name that the gateway lists at \`${origin}/gemini/v1beta/models\`, with slashes as they are: \`-m anthropic/claude-sonnet-5\`.
- Without \`-m\` Gemini CLI first asks a small model of its own (\`gemini-3.5-flash-lite\`) which one to take. Where nobody serves that, set
  \`utility_model\` in the gateway's configuration, or give the name an alias there. What it then asks for (\`gemini-3.1-pro-preview-customtools\` and the like) may be aliases as well.

## What to expect

- At Google's models requests and answers pass untouched, thought signatures and all.
- At other models \`topK\` is told only where it can be understood, and the level of thinking in the provider's own steps. What could not be said stands in
  the response header \`x-turnpike-losses\` and in the record.
- \`countTokens\` is answered by Google where the model is Google's, and estimated elsewhere (four bytes to a token, 1,600 tokens for a picture
  or file; header \`x-turnpike-estimate\`).
- Gemini CLI tells no session. Headers of your own can: \`GEMINI_CLI_CUSTOM_HEADERS="x-session-id: NAME"\`.
- A refusal of the gateway is one request. Gemini CLI prints the whole answer, the gateway's sentence in the middle, and ends with the status
  modulo 256 as exit code. When a provider is overloaded it tries ten times, for minutes.

## Seen working

With every change of the gateway a real Gemini CLI 0.61.0 finishes sessions (parallel commands, a file written and read) at scripted providers of
four kinds: Gemini, Messages, Chat and Responses; and without \`-m\` its choice of a model is made by another vendor's. It reaches no other host.
`;
}
