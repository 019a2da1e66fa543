/** The names of HTTP/2's error codes, from 0 upwards. Source: RFC 9113, section 7. */
export const resetNames = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** The codes that are asked for or sent here. Not node:http2's constants: importing them would load it before it is needed. */
export const resetCodes = {
  NO_ERROR: resetNames.indexOf("NO_ERROR"),
  REFUSED_STREAM: resetNames.indexOf("REFUSED_STREAM"),
  CANCEL: resetNames.indexOf("CANCEL"),
  ENHANCE_YOUR_CALM: resetNames.indexOf("ENHANCE_YOUR_CALM"),
  INADEQUATE_SECURITY: resetNames.indexOf("INADEQUATE_SECURITY"),
} as const;
