import type { World } from './world';
/** stub */
export class Crowd {
  constructor(readonly world: World) {}
  set(_perMinute: number, _baseUrl?: string, _apiKey?: string): Record<string, unknown> {
    return this.stats();
  }
  stats(): Record<string, unknown> {
    return {};
  }
  stop(): void {}
}
