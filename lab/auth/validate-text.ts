import { badParameter } from "../trace-error";
import { audit } from "./audit";
import type { AuthContext } from "./context";
import type { ValidateRequest } from "./validate-trusted-cluster";
import { validateTrustedCluster } from "./validate-trusted-cluster";

/**
 * The root's side of joining on JSON texts, as its proxy hands them over. A refusal is written to the audit log, the only
 * place that tells why: the proxy shows one text for every denial.
 *
 * @param body JSON text of a {@link ValidateRequest}
 * @returns JSON text of the root's authorities
 * @throws TraceError in the Auth service's own words
 */
export function validateTrustedClusterText(context: AuthContext, body: string): string {
  try {
    return JSON.stringify(validateTrustedCluster(context, readRequest(body)));
  } catch (error) {
    const detail = (error as Error).message;
    audit(context, { event: "remote_cluster.create", user: "", name: "", success: false, detail });
    throw error;
  }
}

function readRequest(body: string): ValidateRequest {
  const { token = "", certificate_authorities = [], teleport_version = "" } = readObject(body);
  const isList =
    Array.isArray(certificate_authorities) && certificate_authorities.every((one) => typeof one === "string");
  if (typeof token !== "string" || typeof teleport_version !== "string" || !isList) {
    throw badParameter("request: token, certificate_authorities and teleport_version are not of their types");
  }
  return { token, certificate_authorities: certificate_authorities as string[], teleport_version };
}

function readObject(body: string): Partial<Record<keyof ValidateRequest, unknown>> {
  try {
    return (JSON.parse(body) as Partial<Record<keyof ValidateRequest, unknown>> | null) ?? {};
  } catch (error) {
    throw badParameter(`request: ${(error as Error).message}`);
  }
}
