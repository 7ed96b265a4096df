import { describe, expect, it } from 'vitest';
import { hasLoopback } from './build-network.ts';

describe('a proxy or mirror for builds', () => {
  it.each([
    ['http_proxy', 'http://127.0.0.1:3128'],
    ['https_proxy', 'http://localhost:8080/'],
    ['HTTP_PROXY', 'http://ada:word@127.0.0.2:3128'],
    ['HTTPS_PROXY', 'http://[::1]:3128'],
    ['http_proxy', 'localhost:3128'],
    ['NPM_REGISTRY', 'http://127.0.0.1:4873'],
  ])('on the machine itself is reached by its own network: %s=%s', (name, address) => {
    expect(hasLoopback({ [name]: address })).toBe(true);
  });

  it.each([
    ['http_proxy', 'http://proxy.school.example:3128'],
    ['http_proxy', 'http://localhost.school.example:3128'],
    ['http_proxy', 'http://10.0.0.1:3128/127.0.0.1'],
    ['no_proxy', 'localhost,127.0.0.1'],
  ])('elsewhere needs nothing of that: %s=%s', (name, address) => {
    expect(hasLoopback({ [name]: address })).toBe(false);
  });
});
