import { caPin } from "../cluster";
import { FunctionArgumentError, type FunctionDefinition, types } from "../framework";
import { certificatesIn, readCertificate } from "./certificates";

/** `ca_pin`: what a joining service recognises a cluster by. */
export const caPinFunction: FunctionDefinition = {
  name: "ca_pin",
  summary: "The pin of an authority's certificate",
  description:
    "Gives the pin of an authority's certificate: `sha256:` and the hexadecimal digits of its public key's SHA-256, as `tctl status` shows it and agents take it.",
  parameters: [
    {
      name: "pem",
      type: types.string,
      description:
        "The certificate in PEM. Of several with the same key, as a rotation leaves them, one pin comes out.",
    },
  ],
  returns: types.string,
  call([pem]) {
    const pins = new Set(certificatesIn(pem as string).map((certificate) => readCertificate(certificate, caPin)));
    const [pin, ...others] = pins;
    if (pin !== undefined && others.length === 0) return pin;
    throw new FunctionArgumentError(
      0,
      `the text holds certificates of ${pins.size} keys, and a pin is about one. Give one certificate; the data source \`teleport_cluster\` lists the pins of all.`,
    );
  },
};
