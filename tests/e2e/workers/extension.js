// An extension's worker. Everything it will ever import is imported here.

import { answer, ways } from "./client.js";
import { connect } from "./pkg/hosted.js";

ways.whole = connect;

globalThis.ask = async (...words) => (await answer([0, ...words]))[1];
