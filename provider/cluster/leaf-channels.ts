import type { Channel } from "./channel";
import type { LeafThroughRoot } from "./cluster";
import { createLeafDialer, type LeafDialerOptions } from "./leaf-dialer";
import { createLeafThroughRoot } from "./leaf-through-root";

/** What the connections to all leaves of one root share. */
export interface LeafChannelsOptions extends Omit<LeafDialerOptions, "leaf"> {
  /** Makes a channel; the title is for messages. */
  readonly open: (title: string, dialer: ReturnType<typeof createLeafDialer>) => Channel;
}

/** The connections of one root to its leaves, one each, made when they are asked for. */
export interface LeafChannels {
  /** @param leaf its real name */
  get(leaf: string): LeafThroughRoot;
  close(): Promise<void>;
}

/** Makes them; nothing is dialled. */
export function createLeafChannels(options: LeafChannelsOptions): LeafChannels {
  const channels = new Map<string, Channel>();
  return {
    get: (leaf) => {
      const title = `${leaf} (through ${options.root})`;
      const channel = channels.get(leaf) ?? options.open(title, createLeafDialer({ ...options, leaf }));
      channels.set(leaf, channel);
      return createLeafThroughRoot(channel);
    },
    close: async () => {
      await Promise.all([...channels.values()].map((channel) => channel.close()));
    },
  };
}
