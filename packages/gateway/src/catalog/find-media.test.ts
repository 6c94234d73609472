import { describe, expect, it } from 'vitest';
import { findMedia } from './find-media.ts';

const payload = (bytes: number) => Buffer.alloc(bytes, 'Turnpike 0123').toString('base64');
const body = (...items: readonly object[]) => Buffer.from(JSON.stringify({ model: 'm', input: items }));
const words = { type: 'text', text: 'the quick brown fox. '.repeat(2_000) };

describe('findMedia', () => {
  it.each([
    [
      'Responses and Chat Completions',
      { type: 'input_image', image_url: `data:image/png;base64,${payload(30_000)}` },
      'image',
    ],
    ['Messages', { type: 'base64', media_type: 'image/jpeg', data: payload(30_000) }, 'image'],
    ['Gemini', { inlineData: { mimeType: 'image/webp', data: payload(30_000) } }, 'image'],
    [
      'files of Responses',
      { type: 'input_file', file_data: `data:application/pdf;base64,${payload(30_000)}` },
      'other',
    ],
    ['documents of Messages', { type: 'base64', media_type: 'application/pdf', data: payload(30_000) }, 'other'],
  ])('finds what stands in %s', (_, item, kind) => {
    const { images, others, bytes } = findMedia(body(words, item, words));
    expect({ images, others }).toEqual(kind === 'image' ? { images: 1, others: 0 } : { images: 0, others: 1 });
    expect(bytes).toBeGreaterThanOrEqual(40_000);
    expect(bytes).toBeLessThan(40_100);
  });

  it('counts each once, one after another', () => {
    const image = { type: 'input_image', image_url: `data:image/png;base64,${payload(20_000)}` };
    expect(findMedia(body(image, image, words, image)).images).toBe(3);
  });

  it('takes neither words nor sealed reasoning for media', () => {
    const sealed = { type: 'reasoning', encrypted_content: payload(60_000) };
    expect(findMedia(body(words, sealed, words))).toEqual({ images: 0, others: 0, bytes: 0 });
  });

  it.each([0, 1, 63, 4_096, 4_160, 5_000])('survives a body of %i bytes of nothing but base64', (bytes) => {
    expect(findMedia(Buffer.alloc(bytes, 'A'))).toEqual({ images: 0, others: 0, bytes: 0 });
  });
});
