/** How a probe shows who it is. Secrets are named, never written into the file: it is shown, logged and reported. */
import * as z from 'zod';
import { exactlyOne } from './field-rules.js';

export const secretSchema = z
  .strictObject({
    env: z.string().min(1).exactOptional().describe('the name of a variable of the environment'),
    file: z.string().min(1).exactOptional().describe('the path of a file'),
    /** Of the namespace of the run, which the controller must be let read. */
    secret: z
      .strictObject({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) })
      .exactOptional(),
  })
  .check(exactlyOne(['env', 'file', 'secret'], 'where the secret is'));

export type SecretSource = z.output<typeof secretSchema>;

/** Of what is asked by HTTP. */
export const accessFields = {
  bearerTokenFrom: secretSchema.exactOptional(),
  basic: z.strictObject({ username: z.string(), passwordFrom: secretSchema }).exactOptional(),
  tls: z
    .strictObject({
      ca: z.string().min(1).exactOptional().describe('the path of a PEM file'),
      insecureSkipVerify: z.boolean().default(false),
    })
    .exactOptional(),
};

export type Access = z.output<z.ZodObject<typeof accessFields>>;
