/**
 * Where a fact about a version comes from: `read` in the server's source or protocol files, `recalled` from general
 * knowledge, `inferred` by reasoning. Only the first kind is sure; the others are the work list of a run against a real
 * cluster and stand in lab/README.md under "not verified".
 */
export type Evidence = "read" | "recalled" | "inferred";

/** One way in which the versions differ, with the source of the fact. */
export interface Fact<Value> {
  readonly value: Value;
  readonly evidence: Evidence;
  readonly source: string;
}

/** Everything in which the lab behaves as one version and not as another. A version means a late minor of its major. */
export interface VersionFacts {
  /** Version text that a cluster of this column announces when it is not told another. */
  readonly announcedVersion: Fact<string>;
  /** Clients older than this are turned away when they say their version. */
  readonly minimumClientVersion: Fact<string>;
  /** trust.v1 Create, Update and UpsertTrustedCluster are served. */
  readonly trustV1Writes: Fact<boolean>;
  /** trust.v1 ListTrustedClusters is served. */
  readonly trustV1List: Fact<boolean>;
  /** presence.v1 calls for remote clusters are served. */
  readonly presenceV1: Fact<boolean>;
  /** users.v1 is served. */
  readonly usersV1: Fact<boolean>;
  /** `GET` and `DELETE /v2/remoteclusters` are served. */
  readonly legacyRemoteClusters: Fact<boolean>;
  /** proto.AuthService/GetRoles is served. */
  readonly getRoles: Fact<boolean>;
  /** Create, Update and UpsertRoleV2, and ListRoles, are served. */
  readonly roleV2Calls: Fact<boolean>;
  /** What happens when a leaf that is registered already presents a token again. */
  readonly rejoin: Fact<"overwrite" | "keep-silently" | "refuse">;
  /** An upsert that changes neither `enabled` nor `role_map` is refused with "would have no effect". */
  readonly refusesNoOpUpsert: Fact<boolean>;
  /** Trusted cluster, authorities and tunnel are written in one step; conflicts are told as "have been modified". */
  readonly atomicTrustedClusterWrites: Fact<boolean>;
  /** Types of authority that a disabled trust deactivates. */
  readonly deactivatedAuthorities: Fact<readonly string[]>;
  /** The root refuses authorities whose certificates name another cluster. */
  readonly checksAuthoritySubjects: Fact<boolean>;
  /** Mapping roles drops duplicates. */
  readonly mapRolesWithoutDuplicates: Fact<boolean>;
  /** Certificates of system roles come from a host authority only, others from a user authority only. */
  readonly checksAuthorityType: Fact<boolean>;
  /** `options.port_forwarding` that is not set becomes true. */
  readonly defaultsPortForwarding: Fact<boolean>;
  /** Role options know `ssh_port_forwarding`, refuse it beside `port_forwarding`, and fold it back for older readers. */
  readonly sshPortForwarding: Fact<boolean>;
  /** `options.idp` is defaulted for this role version and older ones. */
  readonly defaultsIdpUpToRole: Fact<number>;
  /** Newest version of a role that is understood. */
  readonly newestRoleVersion: Fact<number>;
  /** Key suite of a new cluster. */
  readonly suite: Fact<"legacy" | "balanced-v1">;
}

const read = <Value>(value: Value, source: string): Fact<Value> => ({ value, evidence: "read", source });
const recalled = <Value>(value: Value, source: string): Fact<Value> => ({ value, evidence: "recalled", source });
const inferred = <Value>(value: Value, source: string): Fact<Value> => ({ value, evidence: "inferred", source });

const teleport17: VersionFacts = {
  announcedVersion: inferred("17.7.0", "a late minor of 17"),
  minimumClientVersion: recalled("16.0.0", "one major below the server's; the number of each release was not read"),
  trustV1Writes: read(true, "PR #49789, backport #50791 of January 2025 (17.2)"),
  trustV1List: inferred(false, "backport #59631 of autumn 2025 is younger than the minor that this column stands for"),
  presenceV1: read(true, "lib/auth/presence/presencev1/service.go, since 16"),
  usersV1: read(true, "users_service.proto, since 15"),
  legacyRemoteClusters: read(false, 'lib/auth/apiserver.go of 16 marks the handlers "DELETE IN 17.0"'),
  getRoles: inferred(false, 'authservice.proto of 15 and 16 marks it "delete in 17"; gone in the newest file'),
  roleV2Calls: read(true, "authservice.proto, since 15"),
  rejoin: read("refuse", "PR #54107 with its backport to 17 of April 2025; the wording of the text is inferred"),
  refusesNoOpUpsert: read(false, 'PR #48176, test "Upsert unmodified trusted cluster"'),
  atomicTrustedClusterWrites: read(true, "PR #48009"),
  deactivatedAuthorities: read(["host", "user", "db", "openssh"], "PR #48176: all authorities of the root"),
  checksAuthoritySubjects: read(true, "lib/auth/trustedcluster.go of 17"),
  mapRolesWithoutDuplicates: read(true, "lib/services/trustedcluster.go, since 16"),
  checksAuthorityType: inferred(true, "lib/auth/middleware.go of 2025; which minor of 17 got it was not read"),
  defaultsPortForwarding: inferred(
    false,
    "left unset in the newest api/types/role.go; the release of the change was not read",
  ),
  sshPortForwarding: read(true, "17.1, types.proto field 32"),
  defaultsIdpUpToRole: inferred(
    7,
    "the newest api/types/role.go defaults it up to role v7; 17 knows no later role version",
  ),
  newestRoleVersion: read(7, "role v8 came with 18"),
  suite: recalled("balanced-v1", "new clusters since 17; upgraded ones keep legacy"),
};

/** The columns that are filled: behaviour by major version. */
export const versionTable: Readonly<Record<string, VersionFacts>> = { "17": teleport17 };

/** The behaviour of a version, without the sources. */
export type VersionRules = { readonly [Name in keyof VersionFacts]: VersionFacts[Name]["value"] };

/**
 * The rules by which a cluster of this major version behaves.
 *
 * @param version `17`, or a whole version text such as `17.7.0`, of which the major counts
 * @throws RangeError for a version that has no column
 */
export function versionRules(version: string): VersionRules {
  const major = version.replace(/^v/, "").split(".")[0] ?? "";
  const facts = versionTable[major];
  if (facts === undefined) {
    const known = Object.keys(versionTable).join(", ");
    throw new RangeError(`the lab has no column for Teleport "${version}"; it behaves as one of: ${known}`);
  }
  const rules = Object.entries(facts).map(([name, fact]) => [name, (fact as Fact<unknown>).value]);
  return Object.fromEntries(rules) as VersionRules;
}

/** Every fact that nobody read in the source or saw on a real server: what lab/README.md lists as not verified. */
export function unverifiedFacts(): { version: string; name: string; evidence: Evidence; source: string }[] {
  return Object.entries(versionTable).flatMap(([version, facts]) =>
    Object.entries(facts as unknown as Record<string, Fact<unknown>>)
      .filter(([, fact]) => fact.evidence !== "read")
      .map(([name, { evidence, source }]) => ({ version, name, evidence, source })),
  );
}
