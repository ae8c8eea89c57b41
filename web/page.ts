/**
 * The page's script: the interpreter at the service's own address.
 *
 * @module
 */
import { interpret, microphones } from "../client/mod.ts";
import { App } from "./app.ts";

await new App({ interpret, microphones }).start();
