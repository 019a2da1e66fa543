import { parseAddress } from "./address";
import { Problem } from "./problem";
import { type RoleMapping, validateRoleMap } from "./role-map";

/** What a trusted cluster on a leaf says of its root. Undefined: not known yet, so not checked. */
export interface TrustedClusterSpec {
  readonly roleMap: readonly RoleMapping[] | undefined;
  /** The legacy form: all root users hold these leaf roles. Empty unless it is used. */
  readonly roles: readonly string[] | undefined;
  /** `host:port` of the root's web proxy. */
  readonly webProxyAddr: string | undefined;
  /** `host:port` of the root's reverse tunnel; empty means the same as `webProxyAddr`. */
  readonly tunnelAddr: string | undefined;
}

function addressProblems(name: string, address: string | undefined): Problem[] {
  if (address === undefined) return [];
  try {
    parseAddress(address);
    return [];
  } catch (error) {
    if (error instanceof Problem) return [error.at(name)];
    throw error;
  }
}

function mappingProblems({ roleMap, roles }: TrustedClusterSpec): Problem[] {
  if (roleMap === undefined || roles === undefined) return roleMap?.length ? atRoleMap(roleMap) : [];
  if (roleMap.length > 0 && roles.length > 0) {
    return [
      new Problem(
        "TRUST_ROLE_MAP",
        "both `roles` and `role_map` are set",
        ["roles"],
        'Keep `role_map`; `roles = [a, b]` is the same as one row with remote "*" and local [a, b].',
      ),
      ...atRoleMap(roleMap),
    ];
  }
  return roles.length > 0 ? [] : atRoleMap(roleMap);
}

function atRoleMap(roleMap: readonly RoleMapping[]): Problem[] {
  return validateRoleMap(roleMap).map((problem) => problem.at("role_map"));
}

/**
 * Finds what the leaf would refuse in a trusted cluster's spec and can be known without asking it. Paths begin inside
 * the spec (`role_map`, `roles`, `web_proxy_addr`, `tunnel_addr`).
 *
 * Source: teleport-api §4.2, §5.2, §7.
 */
export function validateTrustedCluster(spec: TrustedClusterSpec): Problem[] {
  return [
    ...mappingProblems(spec),
    ...addressProblems("web_proxy_addr", spec.webProxyAddr),
    ...(spec.tunnelAddr === "" ? [] : addressProblems("tunnel_addr", spec.tunnelAddr)),
  ];
}

/** The tunnel address that the leaf uses: its own, or the web proxy's where it is empty. Source: teleport-api §4.2. */
export function effectiveTunnelAddr(webProxyAddr: string, tunnelAddr: string): string {
  return tunnelAddr === "" ? webProxyAddr : tunnelAddr;
}
