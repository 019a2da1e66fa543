import { WireWriter } from "./wire";

/** Message numbers of RFC 4250 §4.1.2 that the lab reads or writes itself. */
export const message = {
  disconnect: 1,
  serviceRequest: 5,
  serviceAccept: 6,
  extInfo: 7,
  userauthRequest: 50,
  userauthFailure: 51,
  userauthSuccess: 52,
  userauthBanner: 53,
  userauthPkOk: 60,
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const;

/** Reasons of RFC 4253 §11.1 for ending a connection. */
export const disconnectReason = {
  protocolError: 2,
  byApplication: 11,
  noMoreAuthMethods: 14,
} as const;

/** Reasons of RFC 4254 §5.1 for refusing a channel. */
export const openFailure = {
  administrativelyProhibited: 1,
  connectFailed: 2,
  unknownChannelType: 3,
  resourceShortage: 4,
} as const;

/** SSH_MSG_DISCONNECT. */
export function disconnectMessage(reason: number, description: string): Buffer {
  return new WireWriter().byte(message.disconnect).uint32(reason).string(description).string("").done();
}

/** SSH_MSG_EXT_INFO with the signature algorithms that a server takes (RFC 8308 §3.1). */
export function serverSigAlgsMessage(algorithms: readonly string[]): Buffer {
  const writer = new WireWriter().byte(message.extInfo).uint32(1);
  return writer.string("server-sig-algs").string(algorithms.join(",")).done();
}
