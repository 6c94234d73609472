/** Header values are visible ASCII; anything else becomes `?`. */
export function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
