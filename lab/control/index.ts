export { callLab, isLabRunning, NoLabError } from "./client";
export { clustersTable } from "./clusters-table";
export { LabFolder, LabFolderError } from "./lab-folder";
export type { LabJson, LabJsonCluster, LabJsonNode } from "./lab-json";
export { describeLab, labFiles } from "./lab-json";
export type { ClockResult, ControlRequest, ControlResponse, FaultAction, LoginResult } from "./protocol";
export { faultActions } from "./protocol";
export type { PublishedLab } from "./publish";
export { publishLab } from "./publish";
