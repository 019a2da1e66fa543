export { commandNames } from "./commands";
export { Homes } from "./homes";
export type { LabNode, NodeParts } from "./node";
export { startNode } from "./node";
