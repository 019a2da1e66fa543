import type { Api } from "../cluster";
import type { DataSource } from "../framework";
import { clusterDataSource } from "./cluster";
import { leafAccessDataSource } from "./leaf-access";
import { provisionTokenDataSource, roleDataSource, trustedClusterDataSource } from "./mirrored";
import { nodesDataSource } from "./nodes";
import { provisionTokensDataSource } from "./provision-tokens";
import { remoteClusterDataSource } from "./remote-cluster";
import { remoteClustersDataSource } from "./remote-clusters";
import { roleMappingDataSource } from "./role-mapping";
import { trustedClustersDataSource } from "./trusted-clusters";

/** All data sources of the provider. */
export const dataSources: readonly DataSource<Api>[] = [
  clusterDataSource,
  leafAccessDataSource,
  nodesDataSource,
  provisionTokenDataSource,
  provisionTokensDataSource,
  remoteClusterDataSource,
  remoteClustersDataSource,
  roleDataSource,
  roleMappingDataSource,
  trustedClusterDataSource,
  trustedClustersDataSource,
];
