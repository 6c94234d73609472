import { readFile } from 'node:fs/promises';
import { type ConfigDocument, configDocument } from '@turnpike/contract/config';
import { explainIssues } from './explain-issue.ts';
import type { Environment } from './from-environment.ts';
import { parseText } from './parse-document.ts';
import { type Finding, type Locate, locateFindings, type Problem } from './problem.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { reasonOf } from './secret-sources.ts';

/** A checked document and what it came from. */
export interface LoadedDocument {
  readonly document: ConfigDocument;
  readonly locate: Locate;
}

export type DocumentResult =
  | { readonly ok: true; readonly loaded: LoadedDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type TextResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problems: readonly Problem[] };

export interface DocumentFile {
  readonly path: string;
  /** The path in problems: short, but good enough to open it. */
  readonly shownAs: string;
}

/** A configuration is a page or ten, never this. */
const maxDocumentBytes = 4 * 1024 * 1024;

/** The text of a configuration file, or why it cannot be had. */
export async function readDocument({ path: file, shownAs }: DocumentFile): Promise<TextResult> {
  const problem = (message: string, hint?: string): TextResult => ({
    ok: false,
    problems: [{ file: shownAs, path: '', message, severity: 'error', ...(hint === undefined ? {} : { hint }) }],
  });
  try {
    const bytes = await readFile(file);
    if (bytes.length > maxDocumentBytes) return problem('is larger than 4 MiB, so it is not a configuration');
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return problem('is not UTF-8 text', 'save it as UTF-8');
    return problem(`cannot be read: ${reasonOf(error)}`);
  }
}

/**
 * Reads a document from YAML or JSON and checks it. Tells all problems at once, missing secrets among them, with
 * their lines.
 */
export async function loadDocument(text: string, file: DocumentFile, env: Environment): Promise<DocumentResult> {
  const { value, locate, complaints } = parseText(text);
  if (complaints.length > 0) {
    const problems = complaints.map((complaint): Problem => ({
      file: file.shownAs,
      path: '',
      severity: 'error',
      ...complaint,
    }));
    return { ok: false, problems };
  }
  // An empty file says as much as no file.
  const raw = value ?? {};
  const parsed = configDocument.safeParse(raw);
  if (parsed.success) return { ok: true, loaded: { document: parsed.data, locate } };
  const { findings } = await resolveSecrets(raw, { env, file: file.path });
  const faults: Finding[] = [
    ...explainIssues(parsed.error.issues, raw),
    ...findings.filter((finding) => finding.severity === undefined),
  ];
  return { ok: false, problems: locateFindings(faults, file.shownAs, locate) };
}
