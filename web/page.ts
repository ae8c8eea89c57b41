/**
 * The page's script: the interpreter at the service's own address.
 *
 * @module
 */
import { allParts } from "../client/all_parts.ts";
import { microphones } from "../client/capture/microphone.ts";
import { interpretWith } from "../client/interpret_with.ts";
import { App } from "./app.ts";

await new App({ interpret: (options) => interpretWith(options, allParts), microphones }).start();
