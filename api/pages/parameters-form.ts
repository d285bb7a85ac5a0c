/** The form of a job's parameters, made from the catalogue's schema: a box for yes and no, a choice for a list, a number, a text. */
import { z } from 'zod';
import { spelledOut } from '../words.js';
import type { FieldProblem, Form } from './form.js';
import { messageFor } from './form.js';
import { options, type Option } from './query.js';

type Shape = 'yesNo' | 'choice' | 'choices' | 'number' | 'date' | 'text' | 'json';

export interface ParameterField {
  id: string;
  label: string;
  hint: string;
  error: string | null;
  shape: Record<Shape, boolean>;
  ticked: boolean;
  options: Option[];
  value: string;
}

/** The part of JSON Schema that the catalogue's parameters make use of. */
const property = z.object({
  type: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  items: z.object({ enum: z.array(z.string()).optional() }).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});
type Property = z.infer<typeof property>;

function propertiesOf(parameters: z.ZodObject): [string, Property][] {
  const schema = z.object({ properties: z.record(z.string(), property).default({}) }).parse(z.toJSONSchema(parameters, { io: 'input' }));
  return Object.entries(schema.properties);
}

/** `parameters`: of a job, or of one start of it. */
export function parameterFields(parameters: z.ZodObject, values: Readonly<Record<string, unknown>>, problems: readonly FieldProblem[]): ParameterField[] {
  return propertiesOf(parameters).map(([name, schema]) => {
    const value = values[name] ?? schema.default ?? '';
    const shape = shapeOf(schema);
    const chosen = (Array.isArray(value) ? value : [value]).map(String);
    const among = schema.enum ?? schema.items?.enum ?? [];
    return {
      id: name,
      label: spelledOut(name),
      hint: hintOf(schema),
      error: messageFor(problems, name),
      shape: { yesNo: false, choice: false, choices: false, number: false, date: false, text: false, json: false, [shape]: true },
      ticked: value === true,
      options: options(Object.fromEntries(among.map((one) => [one, spelledOut(one)])), chosen),
      value: shape === 'json' && typeof value !== 'string' ? JSON.stringify(value, null, 2) : String(value),
    };
  });
}

function shapeOf({ type, format, enum: among, items }: Property): Shape {
  if (among !== undefined) return 'choice';
  if (type === 'boolean') return 'yesNo';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return format === 'date' ? 'date' : 'text';
  return type === 'array' && items?.enum !== undefined ? 'choices' : 'json';
}

function hintOf({ minimum, maximum, description = '' }: Property): string {
  const range = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `${minimum} to ${maximum}` : '';
  return [description, range].filter((part) => part !== '').join('; ');
}

/** What was typed, by the shapes of the schema; whether it is right is for the schema to say. */
export function parametersInput(parameters: z.ZodObject, form: Form): Record<string, unknown> {
  return Object.fromEntries(propertiesOf(parameters).map(([name, schema]) => [name, valueOf(shapeOf(schema), form, name)]));
}

function valueOf(shape: Shape, form: Form, name: string): unknown {
  const text = form.text(name);
  switch (shape) {
    case 'yesNo':
      return form.ticked(name);
    case 'choices':
      return form.list(name);
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'json':
      return parsedJson(text);
    case 'choice':
    case 'date':
    case 'text':
      return text;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the schema says what it should have been
  }
}
