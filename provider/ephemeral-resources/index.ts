import type { Api } from "../cluster";
import type { EphemeralResource } from "../framework";
import { provisionTokenEphemeral } from "./provision-token";
import { rotatingTokenEphemeral } from "./rotating-token";

/** All ephemeral resources of the provider. */
export const ephemeralResources: readonly EphemeralResource<Api>[] = [provisionTokenEphemeral, rotatingTokenEphemeral];
