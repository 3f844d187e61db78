// Starts the page: settings, people, the client, then the dashboard. Whatever fails on the way becomes a sentence.

import { connectOptions, loadConfig } from "./config.js";
import { Dashboard } from "./dashboard.js";
import { Diagnosis, isMixedContent } from "./diagnosis.js";
import { page } from "./page.js";
import { connect } from "./package.js";
import { People } from "./people.js";
import { poll } from "./poll.js";
import { Banner } from "./views/banner.js";
import { showChoice } from "./views/gateway-choice.js";
import { StatusBar } from "./views/status-bar.js";
import { addressOf } from "./words/gateways.js";

async function start() {
  const wanted = new URLSearchParams(location.search).get("gateway");
  const config = await loadConfig(wanted).catch(() => null);
  if (config === null) return new Banner(page.banner, {}).show("page");
  const { gateways, chosen } = config;
  const { kind, session = "default" } = chosen.gateway;
  const address = addressOf(chosen.gateway);
  const banner = new Banner(page.banner, { kind, vendor: chosen.vendor, host: new URL(address).host, session });
  const bar = new StatusBar(page.status, chosen);
  showChoice(page.choice, gateways, chosen);
  // A call that the browser blocks fails without a reason, so this one is named before any call.
  if (isMixedContent(location.href, address)) return banner.show("mixed");
  await run(config, banner, bar);
}

async function run(config, banner, bar) {
  let diagnosis = null;
  const options = connectOptions(
    config,
    (error) => diagnosis?.handleError(error),
    () => banner.show("crashed"),
  );
  const connected = connect(options).catch((error) => banner.show(error.code === "invalid-option" ? "options" : "page"));
  const people = await People.load(config.peopleUrl).catch(() => null);
  const presence = await connected;
  if (presence === undefined) return;
  diagnosis = new Diagnosis(presence, { gateway: config.chosen.gateway, tickets: config.tickets }, (trouble) => banner.show(trouble));
  if (people === null) diagnosis.mention("people");
  const update = () => {
    bar.update(presence.connection);
    bar.warn(presence.capabilities);
  };
  update();
  presence.listenConnection(() => {
    update();
    diagnosis.handleConnection();
  });
  const dashboard = new Dashboard(page, presence, people ?? new People());
  dashboard.start();
  const { pollMs } = config.chosen;
  if (pollMs !== undefined) poll(presence, () => dashboard.shown(), pollMs);
}

start();
