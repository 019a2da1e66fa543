import { Problem } from "../../../trust";

/** Whether the write was done; `false` when somebody else wrote in between: the facts are to be gathered again. */
export async function withoutConflict(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === "API_CONFLICT") return false;
    throw error;
  }
}
