import { existsSync } from 'node:fs';

/**
 * Reads `.env` of the working folder where there is one, before anything else runs: `node --import ./scripts/env-file.mjs …`. What is set already
 * wins. Not for the demo and the tests, which make an environment of their own.
 */
if (existsSync('.env')) process.loadEnvFile('.env');
