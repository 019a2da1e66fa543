import type { Diagnostic, PathStep } from "../framework";
import {
  type AttributePath,
  type AttributePath_Step,
  Diagnostic_Severity,
  type Diagnostic as DiagnosticMessage,
} from "./gen/tfplugin6/tfplugin6";

/** What the host shows of a problem. */
export function diagnosticMessage({ severity, summary, detail, path }: Diagnostic): DiagnosticMessage {
  return {
    severity: severity === "error" ? Diagnostic_Severity.ERROR : Diagnostic_Severity.WARNING,
    summary,
    detail,
    attribute: path.length === 0 ? undefined : attributePath(drawablePath(path)),
  };
}

/**
 * As much of a path as the host can find in the configuration, to draw the line under a diagnostic; the whole path stands in the text.
 *
 * The host looks the first step up as an argument of the block, and one more step, if it is an index or a key, in the expression of that argument
 * (an attribute of an object constructor is found by its name as a key, too). Of a longer path it finds nothing, and draws the head of the block.
 * Source: Terraform and OpenTofu, internal/tfdiags/contextual.go, `ElaborateFromConfigBody`.
 */
function drawablePath([first, second]: readonly PathStep[]): readonly PathStep[] {
  if (first === undefined || second === undefined) return first === undefined ? [] : [first];
  return [first, "attribute" in second ? { key: second.attribute } : second];
}

export function attributePath(path: readonly PathStep[]): AttributePath {
  return { steps: path.map(stepMessage) };
}

function stepMessage(step: PathStep): AttributePath_Step {
  if ("attribute" in step) return { selector: { $case: "attribute_name", attribute_name: step.attribute } };
  if ("key" in step) return { selector: { $case: "element_key_string", element_key_string: step.key } };
  return { selector: { $case: "element_key_int", element_key_int: step.index } };
}

/** For an error that nobody expected: our bug, told as one. Expected failures come from the framework as diagnostics. */
export function bugDiagnostic(doing: string, error: unknown): DiagnosticMessage {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return diagnosticMessage({
    severity: "error",
    summary: `${doing} failed inside the provider`,
    detail: `${text}\n\nThis is a bug in the provider. Please report it with this text and the output of the same command under TF_LOG=debug.`,
    path: [],
  });
}
