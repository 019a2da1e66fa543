import type { Labels } from "../../../trust";
import type { RelationCall } from "../../framework";
import type { Placed, PlaceFacts } from "../shared/one-cluster";
import type { TermTexts } from "./described-terms";

/** By which rules a token is rotated. */
export interface RotationTerms {
  /** How long a generation lives unless the next one ends it. */
  readonly ttlMs: number;
  /** Age at which the next generation is made. */
  readonly rotateAfterMs: number;
  /** How long a generation is still accepted after the next one was made. */
  readonly overlapMs: number;
  /** Labels of every generation: a leaf that joins with one gets them. */
  readonly labels: Labels;
}

/** What a rotating token is to be. */
export interface DesiredRotation extends Placed, RotationTerms {
  readonly name: string;
  /** The durations as the configuration writes them. */
  readonly texts: TermTexts;
  /** The newest generation that the state knows; 0 in create and import. */
  readonly stateGeneration: number;
  /** When that one ends, as the state has it. */
  readonly stateExpiresMs: number | undefined;
  /** The plan has announced a new generation. Without that none is made: what was planned must come true. */
  readonly mayRotate: boolean;
  readonly call: RelationCall;
}

/** One generation on the cluster. Its value is not in it. */
export interface GenerationFacts {
  /** Tells tokens apart without telling them. */
  readonly key: string;
  readonly generation: number;
  readonly madeMs: number;
  readonly expiresMs: number;
  /** Without those that the cluster sets by itself. */
  readonly labels: Labels;
  /** By which rules it was made, as its description tells. */
  readonly terms: TermTexts | undefined;
}

/** All that `next` decides by. */
export interface RotationFacts {
  readonly place: PlaceFacts;
  readonly stateCluster: string | undefined;
  /** The moment of the observation, by the provider's clock; epoch milliseconds. */
  readonly nowMs: number;
  /** Those that are accepted now, the newest first. */
  readonly live: readonly GenerationFacts[];
  /** Those that the cluster still shows although they have expired. */
  readonly expired: readonly GenerationFacts[];
}
