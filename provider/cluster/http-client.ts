// Of a CommonJS package that is imported lazily, a bundle has no named exports; of this file it has.
export { Client } from "undici";
