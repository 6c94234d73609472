/** Headers in which clients send credentials, ours or somebody else's: a rule's condition could tell them letter by letter. */
const hidden = /^(?:authorization|proxy-authorization|cookie|set-cookie)$|api-?key|token|secret|credential|^x-bf-vk$/;

/** Whether a header is kept from rules. Its name is in lower case. */
export function isHiddenHeader(name: string): boolean {
  return hidden.test(name);
}
