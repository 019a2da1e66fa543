import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { CertAuthorities } from "./cluster";
import {
  GetCertAuthoritiesRequest,
  GetCertAuthoritiesResponse,
  GetCertAuthorityRequest,
} from "./gen/teleport/trust/v1/trust_service";
import { CertAuthorityV2 } from "./gen/teleport/types/cert_authority";
import { undefinedIfNotFound } from "./not-found";

const trust = "/teleport.trust.v1.TrustService";
const getMethod = grpcMethod(`${trust}/GetCertAuthority`, GetCertAuthorityRequest, CertAuthorityV2);
const listMethod = grpcMethod(`${trust}/GetCertAuthorities`, GetCertAuthoritiesRequest, GetCertAuthoritiesResponse);

/** Certificate authorities, never with their private keys: nothing here may hold those. */
export function createCertAuthorities(channel: Channel): CertAuthorities {
  return {
    get: ({ type, domain }, signal) => {
      const call: Call = {
        action: `read the ${type} authority of "${domain}"`,
        needs: { resource: "cert_authority", verbs: ["readnosecrets"] },
        repetition: "repeatable",
        signal,
      };
      const request = GetCertAuthorityRequest.create({ type, domain, include_key: false });
      return undefinedIfNotFound(channel.unary(getMethod, request, call));
    },
    list: async (type, signal) => {
      const call: Call = {
        action: `list the ${type} authorities`,
        needs: { resource: "cert_authority", verbs: ["list", "readnosecrets"] },
        repetition: "repeatable",
        signal,
      };
      const request = GetCertAuthoritiesRequest.create({ type, include_key: false });
      return (await channel.unary(listMethod, request, call)).cert_authorities_v2;
    },
  };
}
