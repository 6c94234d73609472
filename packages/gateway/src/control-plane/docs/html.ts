/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Piece = string | number | Html | readonly Html[];

/** HTML with everything that is put into it escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: String.raw({ raw: parts }, ...pieces.map(textOf)) };
}

function textOf(piece: Piece): string {
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece));
  return 'html' in piece ? piece.html : piece.map((each) => each.html).join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
