/**
 * Calls to one kind of object in a cluster. Knows nothing of Terraform: no plan, state or diagnostic.
 *
 * Every failure rejects with a Problem whose text names the cluster and its address. Writes that answer with the
 * stored object resolve to it; where the API answers nothing, or something older, they resolve to `undefined` and the
 * caller reads back.
 */
export interface ObjectClient<Message, Id = string> {
  /** `undefined` means the cluster has no such object; every other failure rejects. */
  get(id: Id, signal: AbortSignal): Promise<Message | undefined>;
  /** @throws Problem API_ALREADY_EXISTS when the cluster has an object of that name */
  create(message: Message, signal: AbortSignal): Promise<Message | undefined>;
  /** The message's revision is the condition where the API has one. @throws Problem API_CONFLICT when it has moved */
  update(message: Message, signal: AbortSignal): Promise<Message | undefined>;
  /** Resolves when the object is gone, whoever removed it. */
  delete(id: Id, signal: AbortSignal): Promise<void>;
}

/** An object client that can also enumerate; pages are walked to the end. */
export interface ListingClient<Message, Id = string> extends ObjectClient<Message, Id> {
  list(signal: AbortSignal): Promise<Message[]>;
}
