/** The driver's methods on a collection, by which a test watches what a process asks of the store. */
import mongoose from 'mongoose';

/** `this` is the collection. */
export type Method = (this: { collectionName: string }, ...given: unknown[]) => Promise<unknown>;

/** Each may be replaced, for the whole process. They are overloaded: what is handed on as it came has no type that fits them all. */
export const driver = mongoose.mongo.Collection.prototype as unknown as Record<
  'insertMany' | 'updateOne' | 'updateMany' | 'findOneAndUpdate' | 'deleteOne' | 'deleteMany' | 'bulkWrite' | 'findOne',
  Method
>;
