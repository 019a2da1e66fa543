import { grpcMethod, type Route, unaryRoute } from "../grpc";
import { Empty } from "./gen/plugin/controller";

const shutdown = grpcMethod("/plugin.GRPCController/Shutdown", Empty, Empty);

/**
 * go-plugin's controller: the host's last call to a plugin.
 *
 * The process must be gone within 2 s, else it is killed and each command has lost these seconds. The answer may never arrive;
 * the host does not mind.
 */
export function controllerRoute(exit: () => void): Route {
  return unaryRoute(shutdown, () => {
    setImmediate(exit);
    return Empty.create();
  });
}
