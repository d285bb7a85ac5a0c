/** Forms of the pages: what was sent, and what to show beside a field that was wrong. */
import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { Refusal, type InputProblem } from '../refusal.js';
import { isFormToken } from '../sessions.js';
import { viewerOf } from '../viewer.js';

/** The fields of a form; a field that was sent several times, as ticked boxes are, is a list. */
export class Form {
  constructor(private readonly fields: Readonly<Record<string, unknown>>) {}

  /** Trimmed; `''` when it was not sent. Of a list the first. */
  text(name: string): string {
    return this.list(name)[0]?.trim() ?? '';
  }

  list(name: string): string[] {
    const value = this.fields[name];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map(String);
  }

  ticked(name: string): boolean {
    return this.list(name).length > 0;
  }
}

/** The form of a signed-in person. A form of another session, or of another institution than the one at work now, is refused. */
export function formOf(request: Request): Form {
  const { institution } = viewerOf(request);
  const form = new Form(fieldsOf(request));
  if (request.session === undefined || !isFormToken(request.session, institution.code, form.text('token'))) {
    throw new Refusal('forbidden', 'This form belongs to another sign-in or another institution. Open the page again and repeat the step.');
  }
  return form;
}

export const fieldsOf = (request: Request): Record<string, unknown> =>
  typeof request.body === 'object' && request.body !== null ? { ...request.body } : {};

/** The value that makes two clicks on one button one request. */
export const oneTimeValue = (): string => randomUUID();

/** A problem beside its field: `field` is the id of the input that the summary links to. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** A problem of the body that a form was made into, as a problem of the form. */
export type Beside = (problem: InputProblem) => FieldProblem;

/** By the pointer: `/times/0` belongs to the field `times`. */
export const besideFirstPart: Beside = ({ pointer = '', message }) => ({ field: pointer.split('/')[1] ?? '', message });

/** The messages of one field, joined; null: the field is right. */
export function messageFor(problems: readonly FieldProblem[], field: string): string | null {
  const own = problems.filter((problem) => problem.field === field).map(({ message }) => message);
  return own.length === 0 ? null : own.join('. ');
}

/** The form was made from a version of what it changes; a later one is not overwritten. Refusal: precondition-failed. */
export function demandFormOf({ name, version }: { name: string; version: number }, form: Form): void {
  if (form.text('version') === String(version)) return;
  throw new Refusal('precondition-failed', `${name} was changed by somebody else while you had the form open. Open it again to see how it is set now.`);
}

/** What stands in the way of saving, for the form to show; empty: it is saved. */
export async function problemsOf(save: () => Promise<unknown>, beside = besideFirstPart): Promise<FieldProblem[]> {
  try {
    await save();
    return [];
  } catch (error) {
    if (!(error instanceof Refusal) || error.problems.length === 0) throw error;
    return error.problems.map(beside);
  }
}
