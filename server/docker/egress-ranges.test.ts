import { describe, expect, it } from 'vitest';
import { freeSubnets, isWithin, refusedAlways, refusedNetworks } from './egress-ranges.ts';

const range = '10.213.0.0/16';

describe('refused networks', () => {
  const refused = (attached: string[]): string[] => refusedNetworks(range, attached);
  const reaches = (attached: string[], address: string): boolean =>
    !refused(attached).some((network) => isWithin(network, `${address}/32`));

  it('leave the internet, and nothing else', () => {
    for (const address of ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255']) {
      expect(reaches([], address)).toBe(true);
    }
    for (const address of [
      '172.32.0.0',
      '192.0.1.0',
      '192.169.0.0',
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
    ]) {
      expect(reaches([], address)).toBe(true);
    }
    for (const network of Object.keys(refusedAlways)) expect(reaches([], network.split('/')[0] ?? '')).toBe(false);
    for (const address of ['255.255.255.255', '169.254.169.254', '100.100.100.200', '198.19.255.255', '239.1.1.1']) {
      expect(reaches([], address)).toBe(false);
    }
  });

  it('have those of the machine, wherever its address lies in them', () => {
    expect(refused(['192.0.2.77/24', '203.0.113.9/32'])).toEqual(
      expect.arrayContaining(['192.0.2.0/24', '203.0.113.9/32']),
    );
    expect(reaches(['192.0.2.77/24'], '192.0.2.1')).toBe(false);
    expect(reaches(['192.0.2.77/24'], '192.0.3.1')).toBe(true);
  });

  it('have only the address of a tunnel that claims half of the internet', () => {
    expect(refused(['128.0.0.0/1', '9.9.9.9/4'])).toContain('9.9.9.9/32');
    expect(reaches(['128.0.0.0/1', '9.9.9.9/4'], '198.51.100.1')).toBe(true);
  });

  it('are the same however many of Docker’s networks come and go', () => {
    expect(refused(['10.213.4.1/29', '172.17.0.1/16', '127.0.0.1/8'])).toEqual(refused([]));
  });

  it('take no part in what is no network', () => {
    expect(refused(['', '1.2.3/8', '1.2.3.4/33', '1.2.3.4', '1.2.3.4/8/8', '::1/128', '8.8.8.8/x'])).toEqual(
      refused([]),
    );
  });

  it('have the range, also where it is not private', () => {
    expect(refusedNetworks('198.51.100.0/23', [])).toContain('198.51.100.0/23');
  });
});

describe('free subnets', () => {
  it('are all there are, from anywhere on, without those that others have', () => {
    const small = '10.213.0.0/27';
    expect([...freeSubnets(small, [], 0)]).toEqual([
      '10.213.0.0/29',
      '10.213.0.8/29',
      '10.213.0.16/29',
      '10.213.0.24/29',
    ]);
    expect([...freeSubnets(small, [], 0.99)][0]).toBe('10.213.0.24/29');
    expect([...freeSubnets(small, ['10.213.0.8/30', '10.213.0.16/28'], 0)]).toEqual(['10.213.0.0/29']);
    expect([...freeSubnets(small, ['10.0.0.0/8'], 0)]).toEqual([]);
    expect([...freeSubnets(small, ['fd00::/64'], 0)]).toHaveLength(4);
  });

  it('are thousands in the default range', () => {
    expect([...freeSubnets(range, [], 0.5)]).toHaveLength(8192);
  });
});
