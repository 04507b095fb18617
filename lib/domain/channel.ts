/** The ways a code can travel. `voice` has no provider yet; routes may not name it before one exists. */
export const CHANNELS = ['whatsapp', 'sms', 'email', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Channels on which a provider can say that a message was read. */
export const READ_CHANNELS: readonly Channel[] = ['whatsapp'];

/** The companies whose wire formats we speak. */
export const PROVIDERS = ['meta-cloud', 'twilio', 'vonage', 'smtp', 'ycloud'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** When a connection's company charges for a message: Meta on delivery, others when they take it. */
export const PRICE_RULES = ['submitted', 'delivered', 'any'] as const;
export type PriceRule = (typeof PRICE_RULES)[number];
