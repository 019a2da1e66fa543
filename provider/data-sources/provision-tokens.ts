import { publicPrefixOf, tokenId } from "../../trust";
import type { Api, ProvisionTokenV2 } from "../cluster";
import { type DataSource, type ObjectValue, types } from "../framework";
import { listDataSource } from "./list-data-source";
import { computed, mapValue, timeValue } from "./values";

/** `teleport_provision_tokens`: the tokens of a cluster, without their names, which are the secrets. */
export const provisionTokensDataSource: DataSource<Api> = listDataSource({
  typeName: "teleport_provision_tokens",
  description:
    "The tokens by which others join a cluster: what they allow and until when. Their names, which are the secrets, are not shown.",
  place: "cluster",
  attribute: "provision_tokens",
  attributeDescription: "The tokens that have not ended, in the order of their `id`.",
  item: {
    id: computed(types.string, "`sha256:` and the hash of the name: the import id of `teleport_provision_token`."),
    prefix: computed(
      types.string,
      "Public part of a name that this provider made, such as `tt-0123abcd-`; null for others.",
    ),
    description: computed(types.string, "Its description."),
    labels: computed(types.map(types.string), "Its labels."),
    expires: computed(types.string, "When it ends (RFC 3339); null when it never does."),
    roles: computed(types.list(types.string), "System roles that it gives."),
    join_method: computed(types.string, "How the joining party proves itself: with `token` the name is all it takes."),
    bot_name: computed(types.string, "The bot that joins with it; empty for others."),
  },
  list: (cluster, _, signal) => cluster.tokens.list(signal),
  value: tokenValue,
  sortedBy: ({ id }) => id as string,
});

function tokenValue({ metadata, spec }: ProvisionTokenV2): ObjectValue {
  const name = metadata?.name ?? "";
  return {
    id: tokenId(name),
    prefix: publicPrefixOf(name) ?? null,
    description: metadata?.description ?? "",
    labels: mapValue(metadata?.labels),
    expires: timeValue(metadata?.expires),
    roles: [...(spec?.roles ?? [])],
    join_method: spec?.join_method ?? "",
    bot_name: spec?.bot_name ?? "",
  };
}
