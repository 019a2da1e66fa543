/** A message's bytes and back, as ts-proto's codecs do it. */
export interface MessageCodec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** One method of a service, for both ends. Whether it answers once or as a stream is for the caller and the handler to know. */
export interface GrpcMethod<Request, Response> {
  /** Such as `/tfplugin6.Provider/ReadResource`. */
  readonly path: string;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
}

/** Names a method: `grpcMethod("/proto.AuthService/Ping", PingRequest, PingResponse)`. */
export function grpcMethod<Request, Response>(
  path: string,
  request: MessageCodec<Request>,
  response: MessageCodec<Response>,
): GrpcMethod<Request, Response> {
  return { path, request, response };
}
