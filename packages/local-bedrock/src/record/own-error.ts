import type { Reply } from '../reply.ts';

/** An error of the endpoint's own, under a name that AWS does not have; clients do not retry it. */
export function ownError(status: 400 | 404, name: string, message: string): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': name },
    body: JSON.stringify({ message }),
  };
}
