/** Whether an institution can have this code, which is on every record and never changed. */
export const isInstitutionCode = (text: string): boolean => /^[a-z0-9-]{2,32}$/.test(text);
