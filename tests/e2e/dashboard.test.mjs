// The dashboard in headless Chromium, over the built package and the simulated gateway; and the client by itself in other places. One stage for all: starting servers
// and a browser takes longer than most of the stories.

import { after, before, describe } from "node:test";
import { openStage } from "./support.mjs";
import * as budget from "./stories/budget.mjs";
import * as canary from "./stories/canary.mjs";
import * as composing from "./stories/composing.mjs";
import * as connection from "./stories/connection.mjs";
import * as gateways from "./stories/gateways.mjs";
import * as insight from "./stories/insight.mjs";
import * as lifecycle from "./stories/lifecycle.mjs";
import * as lifetimes from "./stories/lifetimes.mjs";
import * as own from "./stories/own.mjs";
import * as presence from "./stories/presence.mjs";
import * as reload from "./stories/reload.mjs";
import * as relay from "./stories/relay.mjs";
import * as surroundings from "./stories/surroundings.mjs";
import * as tabs from "./stories/tabs.mjs";
import * as trouble from "./stories/trouble.mjs";
import * as turns from "./stories/turns.mjs";
import * as use from "./stories/use.mjs";
import * as workers from "./stories/workers.mjs";

const stage = {};
before(async () => Object.assign(stage, { open: await openStage() }));
after(() => stage.open?.close());

const dashboard = { presence, reload, tabs, lifecycle, lifetimes, gateways, relay, connection, trouble, use, budget, composing, turns, own, insight, canary };
const stories = { ...dashboard, workers, surroundings };
for (const [name, { tell }] of Object.entries(stories)) {
  describe(name, () => tell(() => stage.open));
}
