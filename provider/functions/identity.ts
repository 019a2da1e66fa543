import { X509Certificate } from "node:crypto";

import { formatTime, timeFromMs } from "../../trust";
import { certificateIdentity } from "../cluster";
import { FunctionArgumentError, type FunctionDefinition, newObject, types } from "../framework";
import { certificatesIn, readCertificate } from "./certificates";

/** `identity`: who a certificate says its holder is. */
export const identityFunction: FunctionDefinition = {
  name: "identity",
  summary: "Who an identity file or certificate is for",
  description:
    "Reads the certificate of an identity file: whose it is, which roles it carries and until when. Only the certificate is looked at; the private key beside it is passed over, and nothing of it is in the result. The signature is not checked: that is the cluster's affair.",
  parameters: [
    {
      name: "pem",
      type: types.string,
      description: "An identity file, or a user's certificate in PEM. The first certificate in it counts.",
    },
  ],
  returns: types.object({
    user: types.string,
    roles: types.list(types.string),
    cluster: types.string,
    not_before: types.string,
    expires: types.string,
  }),
  call([pem]) {
    const [certificate] = certificatesIn(pem as string);
    if (readCertificate(certificate, (text) => new X509Certificate(text).ca)) {
      throw new FunctionArgumentError(
        0,
        "the certificate is an authority's, not a user's. Give an identity file, or the certificate of a user or bot.",
      );
    }
    const { userName, roles, clusterName, notBefore, notAfter } = readCertificate(certificate, certificateIdentity);
    return Object.assign(newObject(), {
      user: userName,
      roles: [...roles],
      cluster: clusterName,
      not_before: formatTime(timeFromMs(notBefore)),
      expires: formatTime(timeFromMs(notAfter)),
    });
  },
};
