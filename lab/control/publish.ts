import type { Lab } from "../lab";
import type { LabFolder } from "./lab-folder";
import { perform } from "./perform";
import { openControl } from "./server";
import { socketPath } from "./socket-path";

/** A lab that others find by its folder. */
export interface PublishedLab {
  /** Ends the control socket and removes what was written. The lab itself goes on. */
  close(): Promise<void>;
}

/** Lets others find a lab that is ready: opens its control socket, writes its folder, and keeps `clock-offset` true. */
export async function publishLab(lab: Lab, folder: LabFolder): Promise<PublishedLab> {
  const control = await openControl(socketPath(folder.path), (request) => perform(lab, folder, request));
  const stop = lab.clock.onMove((offsetMs) => folder.writeClockOffset(offsetMs));
  folder.write(lab);
  return {
    close: async () => {
      stop();
      await control.close();
      folder.remove();
    },
  };
}
