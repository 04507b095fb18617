import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/chromium';

const executablePath = findChromium();

/**
 * One installation for all tests (e2e/fixtures/installation.ts). The API suite runs through both doors: Node's own (fast lane) and Next.
 * Files of one project may run side by side, so every test uses numbers of its own (the `phone` fixture).
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/fixtures/installation.ts',
  timeout: 30_000,
  expect: { timeout: 10_000 },
  fullyParallel: false,
  workers: 2,
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['html', { open: 'never', outputFolder: 'playwright-report' }]],
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    ...(executablePath
      ? { launchOptions: { executablePath, args: ['--no-sandbox', '--disable-background-networking'] } }
      : {}),
  },
  projects: [
    { name: 'api', testMatch: 'api/**/*.spec.ts', metadata: { door: 'fast' } },
    { name: 'api-next', testMatch: 'api/**/*.spec.ts', metadata: { door: 'next' } },
    { name: 'console', testMatch: 'console/**/*.spec.ts', metadata: { door: 'fast' } },
  ],
});
