import { Problem } from "../../trust";

/** "Not found" as `undefined`; every other failure stays one. */
export async function undefinedIfNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Problem && error.code === "API_NOT_FOUND") return undefined;
    throw error;
  }
}

/** For deleting: what is gone already is as good as deleted. */
export async function goneIsFine(answer: Promise<unknown>): Promise<void> {
  await undefinedIfNotFound(answer);
}
