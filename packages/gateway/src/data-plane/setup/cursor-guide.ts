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
- Chat Completions and Responses are both answered under this address.

## Seen working

Nothing yet: Cursor is a program with windows, and is not among the agents that are run with every change of the gateway. The paths are tested with
requests of the same form.
`;
}
