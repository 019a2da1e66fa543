import { Problem } from "../../trust";
import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { TrustedClusters } from "./cluster";
import { Empty } from "./gen/google/protobuf/empty";
import {
  CreateTrustedClusterRequest,
  ListTrustedClustersRequest,
  ListTrustedClustersResponse,
  UpdateTrustedClusterRequest,
  UpsertTrustedClusterRequest,
} from "./gen/teleport/trust/v1/trust_service";
import { ResourceRequest } from "./gen/teleport/types/metadata";
import { TrustedClusterV2, TrustedClusterV2List } from "./gen/teleport/types/trusted_cluster";
import { goneIsFine, undefinedIfNotFound } from "./not-found";
import { allPages } from "./pages";

const auth = "/proto.AuthService";
const trust = "/teleport.trust.v1.TrustService";

const getMethod = grpcMethod(`${auth}/GetTrustedCluster`, ResourceRequest, TrustedClusterV2);
const getAllMethod = grpcMethod(`${auth}/GetTrustedClusters`, Empty, TrustedClusterV2List);
const legacyUpsertMethod = grpcMethod(`${auth}/UpsertTrustedCluster`, TrustedClusterV2, TrustedClusterV2);
const deleteMethod = grpcMethod(`${auth}/DeleteTrustedCluster`, ResourceRequest, Empty);
const createMethod = grpcMethod(`${trust}/CreateTrustedCluster`, CreateTrustedClusterRequest, TrustedClusterV2);
const updateMethod = grpcMethod(`${trust}/UpdateTrustedCluster`, UpdateTrustedClusterRequest, TrustedClusterV2);
const upsertMethod = grpcMethod(`${trust}/UpsertTrustedCluster`, UpsertTrustedClusterRequest, TrustedClusterV2);
const listMethod = grpcMethod(`${trust}/ListTrustedClusters`, ListTrustedClustersRequest, ListTrustedClustersResponse);

/** Writing joins the root: the leaf calls it meanwhile, and gives up on its own only after a minute. */
const JOIN_TIMEOUT_MS = 75_000;

/**
 * The trusted clusters of a leaf.
 *
 * Reading and deleting are legacy calls in every version; writing is trust.v1's where the server has it (17.2). The two
 * differ in one point: the legacy upsert renames the object to the root's real name without a word, trust.v1 refuses.
 */
export function createTrustedClusters(channel: Channel): TrustedClusters {
  const describe = (
    verb: string,
    name: string,
    signal: AbortSignal,
    verbs: readonly string[],
  ): Omit<Call, "repetition"> => ({
    action: `${verb} trusted cluster "${name}"`,
    needs: { resource: "trusted_cluster", verbs },
    signal,
  });
  const writing = (verb: string, message: TrustedClusterV2, verbs: readonly string[], signal: AbortSignal) => ({
    ...describe(verb, nameOf(message), signal, verbs),
    secrets: [message.spec?.token ?? ""].filter((token) => token !== ""),
    timeoutMs: JOIN_TIMEOUT_MS,
  });

  const get = (name: string, signal: AbortSignal) =>
    undefinedIfNotFound(
      channel.unary(getMethod, ResourceRequest.create({ name }), {
        ...describe("read", name, signal, ["read"]),
        repetition: "repeatable",
      }),
    );

  const legacyUpsert = async (message: TrustedClusterV2, signal: AbortSignal): Promise<TrustedClusterV2> => {
    // Once: after a lost answer a repeated join is what newer roots refuse, so the caller looks first at what came of it.
    const call: Call = { ...writing("write", message, ["create", "update"], signal), repetition: "once" };
    try {
      return await channel.unary(legacyUpsertMethod, message, call);
    } catch (error) {
      // Up to version 16 a write that changes nothing of weight is an error, although all is as it was asked for.
      const stored = isNoEffect(error) ? await get(nameOf(message), signal) : undefined;
      if (stored === undefined) throw error;
      return stored;
    }
  };

  const upsert = (message: TrustedClusterV2, signal: AbortSignal) =>
    channel.preferring(
      "trust.v1 writes",
      () => {
        const call: Call = { ...writing("write", message, ["create", "update"], signal), repetition: "once" };
        return channel.unary(upsertMethod, { trusted_cluster: message }, call);
      },
      () => legacyUpsert(message, signal),
    );

  return {
    get,
    upsert,
    create: (message, signal) =>
      channel.preferring(
        "trust.v1 writes",
        () => {
          const call: Call = { ...writing("create", message, ["create"], signal), repetition: "once" };
          return channel.unary(createMethod, { trusted_cluster: message }, call);
        },
        async () => {
          if ((await get(nameOf(message), signal)) !== undefined) throw alreadyExists(channel, nameOf(message));
          return legacyUpsert(message, signal);
        },
      ),
    update: (message, signal) =>
      // Without a revision (version 14) there is no condition to write on.
      message.metadata?.revision
        ? channel.preferring(
            "trust.v1 writes",
            () => {
              const call: Call = { ...writing("update", message, ["update"], signal), repetition: "once" };
              return channel.unary(updateMethod, { trusted_cluster: message }, call);
            },
            () => legacyUpsert(message, signal),
          )
        : upsert(message, signal),
    delete: (name, signal) =>
      goneIsFine(
        channel.unary(deleteMethod, ResourceRequest.create({ name }), {
          ...describe("delete", name, signal, ["delete"]),
          repetition: "repeatable",
        }),
      ),
    list: (signal) => {
      const call: Call = {
        action: "list trusted clusters",
        needs: { resource: "trusted_cluster", verbs: ["list", "read"] },
        repetition: "repeatable",
        signal,
      };
      return channel.preferring(
        "trust.v1 ListTrustedClusters",
        () =>
          allPages(async (page_token) => {
            const request = ListTrustedClustersRequest.create({ page_token });
            const answer = await channel.unary(listMethod, request, call);
            return { items: answer.trusted_clusters, next: answer.next_page_token };
          }),
        async () => (await channel.unary(getAllMethod, Empty.create(), call)).trusted_clusters,
      );
    },
  };
}

function nameOf(message: TrustedClusterV2): string {
  return message.metadata?.name ?? "";
}

function isNoEffect(error: unknown): boolean {
  return error instanceof Problem && error.code === "API_ALREADY_EXISTS" && error.what.includes("would have no effect");
}

function alreadyExists(channel: Channel, name: string): Problem {
  const what = `trusted cluster "${name}" already exists in ${channel.title}`;
  return new Problem(
    "API_ALREADY_EXISTS",
    what,
    [],
    "Import the existing one with `terraform import`, or remove it first.",
  );
}
