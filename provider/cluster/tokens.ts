import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { Tokens } from "./cluster";
import { Empty } from "./gen/google/protobuf/empty";
import { CreateTokenV2Request, UpsertTokenV2Request } from "./gen/teleport/auth/auth_service";
import { ResourceRequest } from "./gen/teleport/types/metadata";
import { ProvisionTokenV2, ProvisionTokenV2List } from "./gen/teleport/types/provision_token";
import { goneIsFine, undefinedIfNotFound } from "./not-found";

const auth = "/proto.AuthService";
const getMethod = grpcMethod(`${auth}/GetToken`, ResourceRequest, ProvisionTokenV2);
const getAllMethod = grpcMethod(`${auth}/GetTokens`, Empty, ProvisionTokenV2List);
const createMethod = grpcMethod(`${auth}/CreateTokenV2`, CreateTokenV2Request, Empty);
const upsertMethod = grpcMethod(`${auth}/UpsertTokenV2`, UpsertTokenV2Request, Empty);
const deleteMethod = grpcMethod(`${auth}/DeleteToken`, ResourceRequest, Empty);

/** The join tokens of a cluster. Their names are secrets: messages say "a provision token" and nothing else. */
export function createTokens(channel: Channel): Tokens {
  const call = (
    verb: string,
    name: string,
    verbs: readonly string[],
    signal: AbortSignal,
  ): Omit<Call, "repetition"> => ({
    action: `${verb} a provision token`,
    needs: { resource: "token", verbs },
    secrets: [name],
    signal,
  });

  const upsert = async (message: ProvisionTokenV2, signal: AbortSignal): Promise<undefined> => {
    const writing: Call = { ...call("write", nameOf(message), ["create", "update"], signal), repetition: "repeatable" };
    await channel.unary(upsertMethod, { token: { $case: "v2", v2: message } }, writing);
    return undefined;
  };

  return {
    get: (name, signal) => {
      const reading: Call = { ...call("read", name, ["read"], signal), repetition: "repeatable" };
      return undefinedIfNotFound(channel.unary(getMethod, ResourceRequest.create({ name }), reading));
    },
    create: async (message, signal) => {
      const writing: Call = { ...call("create", nameOf(message), ["create"], signal), repetition: "once" };
      await channel.unary(createMethod, { token: { $case: "v2", v2: message } }, writing);
      return undefined;
    },
    update: upsert,
    upsert,
    delete: (name, signal) => {
      const deleting: Call = { ...call("delete", name, ["delete"], signal), repetition: "repeatable" };
      return goneIsFine(channel.unary(deleteMethod, ResourceRequest.create({ name }), deleting));
    },
    list: async (signal) => {
      const needs = { resource: "token", verbs: ["list", "read"] };
      const listing: Call = { action: "list provision tokens", needs, repetition: "repeatable", signal };
      return (await channel.unary(getAllMethod, Empty.create(), listing)).provision_tokens;
    },
  };
}

function nameOf(message: ProvisionTokenV2): string {
  return message.metadata?.name ?? "";
}
