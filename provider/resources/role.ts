import type { Api, RoleV6 } from "../cluster";
import type { ObjectResource } from "../framework";
import { clusterConnection } from "./cluster-connection";
import { mirroredCodec } from "./mirrored/codec";
import { fillCommon } from "./mirrored/fill";
import { identityByName, nameOf, revisionOf } from "./mirrored/identity";
import { validateCommon } from "./mirrored/plan";
import { roleDescription, roleSchema } from "./role/attributes";
import { checkRole } from "./role/check";
import { customizePlan } from "./role/plan";
import { validateRole } from "./role/rules";

/** `teleport_role`: a role of a cluster, every attribute of it. */
export const role: ObjectResource<RoleV6, string, Api> = {
  typeName: "teleport_role",
  noun: "role",
  schema: roleSchema,
  codec: mirroredCodec<RoleV6>(roleDescription, nameOf),
  identity: identityByName,
  connection: clusterConnection,
  client: ({ connections }, key) => connections.get(key).roles,
  normalize: (draft) => fillCommon(draft, "role"),
  revision: revisionOf,
  *validateConfig(config) {
    yield* validateCommon(config);
    yield* validateRole(config);
  },
  customizePlan,
  check: checkRole,
};
