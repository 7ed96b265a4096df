import type { Health } from '../../protocol/lab.ts';
import { answerJson } from './answers.ts';
import type { Route } from './lab-http.ts';

/** `GET /api/health`: 200 once a sandbox can be had, else 503 with the reason. */
export function healthRoute(look: () => Promise<Health>): Route {
  return async (request, response, url) => {
    if (url.pathname !== '/api/health' || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    const health = await look();
    answerJson(response, health.status === 'ok' ? 200 : 503, health);
    return true;
  };
}
