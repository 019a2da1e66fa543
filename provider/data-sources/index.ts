import type { Api } from "../cluster";
import type { DataSource } from "../framework";
import { clusterDataSource } from "./cluster";
import { remoteClustersDataSource } from "./remote-clusters";

/** All data sources of the provider. */
export const dataSources: readonly DataSource<Api>[] = [clusterDataSource, remoteClustersDataSource];
