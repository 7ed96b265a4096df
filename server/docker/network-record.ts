import { z } from 'zod';
import type { NetworkDetails, NetworkSummary } from '../../protocol/docker.ts';
import {
  flag,
  listOf,
  mapOf,
  optionalText,
  requiredText,
  section,
  textMap,
  textOrNull,
  timestamp,
} from './foreign-value.ts';

const subnet = z
  .object({ Subnet: requiredText, Gateway: textOrNull })
  .transform((found) => ({ subnet: found.Subnet, gateway: found.Gateway }));

const fields = z.object({
  Id: requiredText,
  Name: requiredText,
  Driver: optionalText,
  Scope: optionalText,
  Internal: flag,
  Created: timestamp,
  IPAM: section({ Config: listOf(subnet) }),
  Labels: textMap,
  Options: textMap,
  // Filled in by an inspect only, and only with containers that run.
  Containers: mapOf(z.object({ Name: optionalText, IPv4Address: optionalText })),
});

function toSummary(record: z.output<typeof fields>): NetworkSummary {
  return {
    id: record.Id,
    name: record.Name,
    driver: record.Driver,
    scope: record.Scope,
    internal: record.Internal,
    createdAt: record.Created,
    subnets: record.IPAM.Config,
    labels: record.Labels,
  };
}

/** An entry of `GET /networks`. */
export const networkSummaryRecord = fields.transform(toSummary);

/** `GET /networks/{id}`. */
export const networkDetailsRecord = fields.transform(
  (record): NetworkDetails => ({
    ...toSummary(record),
    options: record.Options,
    containers: record.Containers.map(([id, found]) => ({
      id,
      name: found.Name,
      // "172.18.0.2/16"
      ipAddress: found.IPv4Address.replace(/\/\d+$/, '') || null,
    })),
  }),
);
