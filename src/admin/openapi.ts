import 'reflect-metadata';
import type { Type } from '@nestjs/common';

/**
 * The keys under which `@nestjs/swagger` (11 and 12) looks for what its decorators would have put there. Writing there
 * describes the administration wherever the application has that package, and needs nothing where it has not.
 */
const KEYS = {
  operation: 'swagger/apiOperation',
  parameters: 'swagger/apiParameters',
  responses: 'swagger/apiResponse',
  tags: 'swagger/apiUseTags',
  security: 'swagger/apiSecurity',
  schema: 'swagger/apiSchema',
  excluded: 'swagger/apiExcludeController',
  property: 'swagger/apiModelProperties',
  properties: 'swagger/apiModelPropertiesArray',
} as const;

type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object';

/** What one field of a request or an answer holds. */
export interface FieldDoc {
  /** A JSON type, or the class of the object, in a function as the class may come later. */
  readonly type: JsonType | (() => Type);
  readonly description?: string;
  /** @default true */
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly isArray?: boolean;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** What one operation does, takes and answers. */
export interface OperationDoc {
  readonly summary: string;
  readonly description?: string;
  readonly query?: Type;
  readonly body?: Type;
  /** The class of each answer's body, by status. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly type: Type }>>;
}

/** Describes a field. */
export function ApiField(doc: FieldDoc): PropertyDecorator {
  return (prototype, name) => {
    const known = (Reflect.getMetadata(KEYS.properties, prototype) ?? []) as readonly string[];
    Reflect.defineMetadata(KEYS.properties, [...known, `:${String(name)}`], prototype);
    Reflect.defineMetadata(KEYS.property, { required: true, ...doc, ...typeOf(doc) }, prototype, name);
  };
}

/** Leaves a controller out of the description: what it serves is for browsers. */
export function ApiHidden(): ClassDecorator {
  return (type) => {
    Reflect.defineMetadata(KEYS.excluded, [true], type);
  };
}

/** Gives a body its name among the application's own. */
export function ApiSchema(name: string): ClassDecorator {
  return (type) => {
    Reflect.defineMetadata(KEYS.schema, [{ name }], type);
  };
}

/** Describes an operation; path parameters are seen by themselves. */
export function ApiOperation({ summary, description, query, body, answers }: OperationDoc): MethodDecorator {
  const parameters = [
    ...(query === undefined ? [] : queryParameters(query)),
    ...(body === undefined ? [] : [bodyParameter(body)]),
  ];
  return (_prototype, _name, descriptor: PropertyDescriptor) => {
    const method = descriptor.value as object;
    Reflect.defineMetadata(KEYS.operation, { summary, ...(description === undefined ? {} : { description }) }, method);
    Reflect.defineMetadata(KEYS.parameters, parameters, method);
    Reflect.defineMetadata(KEYS.responses, answers, method);
  };
}

/** Groups the operations of a controller, and says that they ask for the token where they do. */
export function ApiAdmin({ asksForToken }: { readonly asksForToken: boolean }): ClassDecorator {
  return (type) => {
    Reflect.defineMetadata(KEYS.tags, ['Stripe events'], type);
    if (asksForToken) {
      Reflect.defineMetadata(KEYS.security, [{ bearer: [] }], type);
    }
  };
}

/** Swagger calls a function only when its name is `type`; anything else it takes for a class. */
function typeOf({ type }: FieldDoc): object {
  return typeof type === 'function' ? { type: { type: () => type() }.type } : { type };
}

/** One by one: of a whole class, Swagger loses which words a field may hold. */
function queryParameters(query: Type): object[] {
  return fieldsOf(query).map(({ name, doc }) => ({ ...doc, name, in: 'query' }));
}

function bodyParameter(body: Type): object {
  return { in: 'body', type: body, required: fieldsOf(body).some(({ doc }) => doc.required !== false) };
}

function fieldsOf({ prototype }: Type): { readonly name: string; readonly doc: FieldDoc }[] {
  const marked = (Reflect.getMetadata(KEYS.properties, prototype as object) ?? []) as readonly string[];
  return marked.map((mark) => {
    const name = mark.slice(1);
    return { name, doc: Reflect.getMetadata(KEYS.property, prototype as object, name) as FieldDoc };
  });
}
