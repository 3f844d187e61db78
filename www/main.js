// Starts the page: settings, people, the client, then the dashboard. Whatever fails on the way becomes a sentence.

import { connectOptions, loadConfig } from "./config.js";
import { Dashboard } from "./dashboard.js";
import { Diagnosis, isMixedContent } from "./diagnosis.js";
import { page } from "./page.js";
import { connect } from "./package.js";
import { People } from "./people.js";
import { Banner } from "./views/banner.js";
import { StatusBar } from "./views/status-bar.js";

async function start() {
  const config = await loadConfig().catch(() => null);
  if (config === null) return new Banner(page.banner, {}).show("page");
  const { baseUrl, session = "default" } = config.gateway;
  const banner = new Banner(page.banner, { host: new URL(baseUrl).host, session });
  const bar = new StatusBar(page.status);
  bar.name(config.gateway);
  // A call that the browser blocks fails without a reason, so this one is named before any call.
  if (isMixedContent(location.href, baseUrl)) return banner.show("mixed");
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
  diagnosis = new Diagnosis(presence, config.gateway.baseUrl, (trouble) => banner.show(trouble));
  if (people === null) diagnosis.mention("people");
  bar.warn(presence.capabilities);
  bar.update(presence.connection);
  presence.listenConnection((connection) => {
    bar.update(connection);
    diagnosis.handleConnection();
  });
  new Dashboard(page, presence, people ?? new People()).start();
}

start();
