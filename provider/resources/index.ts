// The registry: what this provider manages, one line each.
import type { Api } from "../cluster";
import { mirroredObject, type Resource, relation } from "../framework";
import { provisionToken } from "./provision-token";
import { remoteCluster } from "./remote-cluster";
import { role } from "./role";
import { rotatingToken } from "./rotating-token";
import { trust } from "./trust";
import { trustedCluster } from "./trusted-cluster";
import { userGrant } from "./user-grant";

/** Every resource of this provider. */
export const resources: readonly Resource<Api>[] = [
  mirroredObject(trustedCluster),
  mirroredObject(role),
  mirroredObject(provisionToken),
  relation(trust),
  relation(remoteCluster),
  relation(userGrant),
  relation(rotatingToken),
];

/** The object resources, for the data sources that read the same objects. */
export { provisionToken, role, trustedCluster };
