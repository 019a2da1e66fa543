import { accessDenied, badParameter, isTrace } from "../trace-error";
import type { AuthContext, ProxyAnswer } from "./context";
import type { ValidateRequest } from "./validate-trusted-cluster";
import { validateTrustedCluster } from "./validate-trusted-cluster";
import { httpError } from "./wire-error";

/**
 * What a root's proxy answers to `POST …/webapi/trustedclusters/validate`.
 *
 * Why a leaf was refused stays in the root's audit log: the proxy says the same for every denial.
 */
export function answerValidation(context: AuthContext, body: string): ProxyAnswer {
  try {
    return { status: 200, body: JSON.stringify(validateTrustedCluster(context, readRequest(body))) };
  } catch (error) {
    context.audit.emit({
      event: "remote_cluster.create",
      cluster: context.clusterName,
      timeMs: context.now(),
      user: "",
      name: "",
      success: false,
      detail: (error as Error).message,
    });
    return httpError(isTrace(error, "access_denied") ? accessDenied(rejected) : error);
  }
}

const rejected = "access denied: the cluster token has been rejected";

function readRequest(body: string): ValidateRequest {
  let json: Partial<Record<keyof ValidateRequest, unknown>> | null;
  try {
    json = JSON.parse(body) as typeof json;
  } catch (error) {
    throw badParameter(`request: ${(error as Error).message}`);
  }
  const { token = "", certificate_authorities = [], teleport_version = "" } = json ?? {};
  const isList =
    Array.isArray(certificate_authorities) && certificate_authorities.every((one) => typeof one === "string");
  if (typeof token !== "string" || typeof teleport_version !== "string" || !isList) {
    throw badParameter("request: token, certificate_authorities and teleport_version are not of their types");
  }
  return { token, certificate_authorities: certificate_authorities as string[], teleport_version };
}
