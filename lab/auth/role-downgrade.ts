import { clone, create } from "@bufbuild/protobuf";

import { BoolValueSchema } from "../gen/teleport/types/metadata_pb";
import type { RoleV6 } from "../gen/teleport/types/role_pb";
import { RoleV6Schema } from "../gen/teleport/types/role_pb";
import { isOlder } from "./client-version";

/** First version that knows `ssh_port_forwarding`. */
const knowsSshPortForwarding = "17.1.0";

/**
 * The copy of a role that an older client gets: what it does not know is folded back into what it does. The stored role
 * stays as it is, so a client that says it is old and writes back what it read loses fields, as with a real server.
 *
 * @param clientVersion what the client says of itself; nothing said, nothing changed
 */
export function roleForClient(role: RoleV6, clientVersion: string | undefined): RoleV6 {
  const forwarding = role.spec?.options?.sshPortForwarding;
  if (clientVersion === undefined || forwarding === undefined || !isOlder(clientVersion, knowsSshPortForwarding)) {
    return role;
  }
  const copy = clone(RoleV6Schema, role);
  const options = copy.spec?.options;
  if (options !== undefined) {
    // Which of the two wins when they differ is inferred: the older field must not grant what one of the newer ones denies.
    const isOff = [forwarding.local?.enabled, forwarding.remote?.enabled].some((enabled) => enabled?.value === false);
    options.portForwarding = create(BoolValueSchema, { value: !isOff });
    delete options.sshPortForwarding;
  }
  return copy;
}
