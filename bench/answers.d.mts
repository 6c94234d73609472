export const chatJson: string;
export function responsesStream(deltas?: number): string;
export function messagesStream(deltas?: number): string;
