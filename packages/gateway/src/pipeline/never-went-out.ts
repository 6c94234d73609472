import { type FailureCode, failureTable } from '@turnpike/contract/failure-codes';

/** Whether nothing was sent: a limit of this gateway was in the way, or the deployment's dialect cannot say what was asked. That is no attempt. */
export function neverWentOut(code: FailureCode): boolean {
  return failureTable[code].blame === 'policy' || code === 'meaning-lost';
}
