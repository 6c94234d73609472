/** How to point Cursor at this gateway. `origin` is where it is reached. */
export function cursorGuide(origin: string): string {
  return `# Cursor with Turnpike

In Cursor's settings, under Models:

1. Put your virtual key where it asks for an OpenAI API key.
2. Switch on "Override OpenAI Base URL" and write \`${origin}/cursor/v1\`.
3. Add the models that you want by the names that the gateway lists at \`${origin}/cursor/v1/models\`, and switch off those that it does not.

## What to expect

- Cursor's own servers send the requests, not your machine: the gateway must be reachable from the internet over HTTPS, and what is sent passes
  through Cursor.
- Features that run on Cursor's own models, such as completion while you type, do not use the key.
- Cursor's agent writes requests as for Responses, sends them to the address of Chat Completions, and reads answers of Chat Completions
  ([Cursor's forum](https://forum.cursor.com/t/override-openai-base-url-sends-responses-api-payload-to-chat-completions-but-expects-chat-completions-output/159298)).
  Turnpike understands that, and plain Chat Completions and Responses under the same address, too. Freeform tools are called as Chat writes such
  calls (\`"type": "custom"\`).

## Seen working

Nothing yet with the real Cursor: it is a program with windows, and is not among the agents that are run with every change of the gateway. Requests
in the form above, as its users report it, are tested with tools at providers of two kinds.
`;
}
