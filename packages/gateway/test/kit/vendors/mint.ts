import { createHash, createHmac } from 'node:crypto';

/** Makes a vendor's ids and seals, the same ones in every run. */
export interface Mint {
  /** A fresh id: the prefix and `length` letters and digits. */
  newId(prefix: string, length?: number): string;
  /** State that only this vendor can read, bound to `content`. */
  seal(content: string): string;
  /** Whether the seal is this vendor's own, unchanged, and still with its content. */
  opens(seal: string, content: string): boolean;
  /** Whether the seal is this vendor's own and unchanged, whatever it comes with. */
  knows(seal: string): boolean;
  /** Whether another account of the vendor has made the seal. */
  isForeign(seal: string): boolean;
}

const nonceLength = 8;

/** `others`: those of the vendor's other accounts. */
export function createMint(secret: string, others: () => readonly Mint[] = () => []): Mint {
  const sealed = new Set<string>();
  let count = 0;
  const fresh = (): string => {
    count += 1;
    return createHash('sha512').update(`${secret}/${count}`).digest('base64').replace(/[+/=]/g, 'x');
  };
  const sealWith = (nonce: string, content: string): string => {
    const key = createHmac('sha512', secret);
    const proof = key.update(`${nonce}\u0000${content}`).digest();
    // The `+`, `/` and `=` of base64 stay in: real signatures have them, and careless handling breaks on them.
    return Buffer.concat([Buffer.from(nonce), Buffer.from([0xfb, 0xef, 0xff]), proof, proof, proof]).toString('base64');
  };
  return {
    newId: (prefix, length = 24) => prefix + fresh().slice(0, length),
    seal: (content) => {
      const seal = sealWith(fresh().slice(0, nonceLength), content);
      sealed.add(seal);
      return seal;
    },
    opens: (seal, content) =>
      seal === sealWith(Buffer.from(seal, 'base64').subarray(0, nonceLength).toString('latin1'), content),
    knows: (seal) => sealed.has(seal),
    isForeign: (seal) => others().some((other) => other.knows(seal)),
  };
}
