/** Where values are sealed to: a ciphertext opens only for the row and column it was made for. */
export const numberPlace = (verificationId: string) => `verification/to/${verificationId}`;
export const codePlace = (verificationId: string) => `verification/code/${verificationId}`;
export const callbackPlace = (callbackId: string) => `callback/body/${callbackId}`;
