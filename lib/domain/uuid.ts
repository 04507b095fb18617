const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is a uuid as Postgres writes it: 36 characters, small letters. One spelling per id. */
export const isUuid = (text: string): boolean => UUID.test(text);
