import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Route } from '../http/route.ts';
import { namedSchemas } from '../http/schemas.ts';
import { docsStyle } from './docs-style.ts';
import { type Html, html } from './html.ts';
import { parametersOf } from './open-api.ts';

/** A page and the policy that lets it show nothing but itself. */
export interface DocsPage {
  readonly html: string;
  readonly policy: string;
}

/** The API as a page to read. It needs no script and nothing from elsewhere, so it works without a network. */
export function renderDocs(routes: readonly Route[], version: string): DocsPage {
  const schemas = namedSchemas();
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const styleHash = createHash('sha256').update(docsStyle).digest('base64');
  // Exactly this text is hashed: a space more, and browsers would ignore it.
  const style = { html: `<style>${docsStyle}</style>` };
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Turnpike admin API</title>
        ${style}
      </head>
      <body>
        <div class="frame">
          <nav>
            <strong>Turnpike admin API</strong>${tags.map((tag) => html`<a href="#${tag}">${titleOf(tag)}</a>`)}
          </nav>
          <main>${introduction(version)} ${tags.map((tag) => section(tag, routes, schemas))}</main>
        </div>
      </body>
    </html> `;
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html: page.html, policy };
}

function titleOf(tag: string): string {
  return tag.replaceAll('-', ' ').replace(/^\w/, (letter) => letter.toUpperCase());
}

function introduction(version: string): Html {
  const example = `curl http://localhost:8080/api/v1/virtual-keys \\
  -H "authorization: Bearer $TURNPIKE_ADMIN_TOKEN" \\
  -H "content-type: application/json" \\
  -d '{"name": "alice-laptop", "models": ["gpt-*"]}'`;
  return html`<h1>Admin API</h1>
    <p class="soft">Version ${version}. The same as an <a href="/api/openapi.json">OpenAPI 3.1 document</a>.</p>
    <p>Manages who may use this gateway, and how much. Send an administrative token with each request:</p>
    <pre>${example}</pre>
    <p>
      A change holds for the next request. Changes are made all or none, can be tried with <code>?dry_run=true</code>,
      and are kept in the audit log. A resource’s revision is in <code>etag</code>; sent back as <code>if-match</code>,
      it keeps two writers from overwriting each other. Lists come in pages: pass <code>next</code> as
      <code>after</code>.
    </p>
    <p>
      What goes wrong is told in one shape:
      <code>{"error": {"code", "message", "details": [{"path", "message"}]}}</code>. Then nothing was changed.
    </p>`;
}

function section(tag: string, routes: readonly Route[], schemas: Readonly<Record<string, JsonObject>>): Html {
  const own = routes.filter((route) => route.tag === tag);
  return html`<h2 id="${tag}">${titleOf(tag)}</h2>
    ${own.map((route) => operation(route, schemas))}`;
}

function operation(route: Route, schemas: Readonly<Record<string, JsonObject>>): Html {
  const { method, path, summary, description, permission, body, answer } = route;
  const parameters = parametersOf(route);
  return html`<details>
    <summary>
      <span class="method ${method}">${method}</span><span class="path">${path}</span
      ><span class="what">${summary}</span>
    </summary>
    <div class="inside">
      ${description === undefined ? [] : [html`<p>${rich(description)}</p>`]}
      <p class="soft">
        ${permission === 'open' ? 'Needs no token.' : html`Needs <code class="need">${permission === 'any' ? 'any token' : permission}</code>`}
      </p>
      ${parameters.length === 0 ? [] : [html`<h3>Parameters</h3>`, table(parameters.map(parameterRow))]}
      ${body ? [html`<h3>Body</h3>`, table(fieldRows(body.schema, schemas))] : []}
      <h3>Answer ${answer.status}</h3>
      <p>${rich(answer.description)}</p>
      ${answer.schema ? table(fieldRows(answer.schema, schemas)) : []}
    </div>
  </details>`;
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

function table(rows: readonly Row[]): Html {
  if (rows.length === 0) return html``;
  return html`<table>
    ${rows.map(
      ({ name, type, text }) =>
        html`<tr>
          <td><code>${name}</code></td>
          <td>${type}</td>
          <td>${rich(text)}</td>
        </tr>`,
    )}
  </table>`;
}

/** Text with what stands between backticks as code. */
function rich(text: string): readonly Html[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

function parameterRow(parameter: JsonObject): Row {
  const { name, description, schema, in: place } = parameter;
  const where = place === 'query' ? '' : `in the ${place === 'path' ? 'path' : 'headers'}`;
  return { name: wordOf(name), type: typeOf(schema), text: wordOf(description) || where };
}

function wordOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function fieldRows(schema: JsonObject, schemas: Readonly<Record<string, JsonObject>>): Row[] {
  const { properties } = resolved(schema, schemas);
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).map(([name, field]) => {
    const facts = isJsonObject(field) ? field : {};
    const fallback = facts['default'] === undefined ? '' : ` Default: ${JSON.stringify(facts['default'])}.`;
    return { name, type: typeOf(field), text: `${wordOf(facts['description'])}${fallback}` };
  });
}

function resolved(schema: JsonObject, schemas: Readonly<Record<string, JsonObject>>): JsonObject {
  const name = refName(schema);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function refName({ $ref }: JsonObject): string | undefined {
  return typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : undefined;
}

/** A schema in a word or two. */
function typeOf(schema: unknown): string {
  if (!isJsonObject(schema)) return '';
  const name = refName(schema);
  if (name !== undefined) return name;
  const { type, items, anyOf, enum: words } = schema;
  if (Array.isArray(words)) return words.map(String).join(' · ');
  if (type === 'array') return `list of ${typeOf(items) || 'anything'}`;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(String).join(' or ');
  return Array.isArray(anyOf) ? [...new Set(anyOf.map(typeOf))].join(' or ') : '';
}
