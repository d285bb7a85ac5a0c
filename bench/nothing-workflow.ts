/** A job that has nothing to do, under the type of a real one: what is left is the start. */
export { nothing as 'loans-overdue-and-lost' };

async function nothing(): Promise<void> {}
