/** What a caller asked for and cannot have, by the names of platform.md 17; each has one status and one problem body. */

export const statusOf = {
  'malformed-request': 400,
  'invalid-cursor': 400,
  'idempotency-key-required': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'job-inactive': 409,
  'job-not-available': 409,
  'on-hold': 409,
  'too-many-waiting': 409,
  'not-abortable': 409,
  'already-final': 409,
  'not-retryable': 409,
  'not-possible': 409,
  duplicate: 409,
  'request-in-progress': 409,
  gone: 410,
  'precondition-failed': 412,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'validation-failed': 422,
  'idempotency-key-reused': 422,
  'precondition-required': 428,
  'rate-limited': 429,
  'engine-unavailable': 503,
} as const;
export type RefusalSlug = keyof typeof statusOf;

/** One place of the input that is wrong: where (JSON pointer or parameter name), and what was expected there. */
export interface InputProblem {
  pointer?: string;
  parameter?: string;
  code: string;
  /** What a number was below (`too_small`) or above (`too_big`); itself still right. */
  limit?: number;
  message: string;
}

export class Refusal extends Error {
  readonly status: number;

  /** `detail` names the record or field, its value and what was expected, in words for the person who asked. */
  constructor(
    readonly slug: RefusalSlug,
    detail: string,
    readonly problems: InputProblem[] = [],
    /** When the same may be asked again, in seconds; null: that is not known. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
    this.name = 'Refusal';
    this.status = statusOf[slug];
  }
}
