// What `ingest.mjs` measures. Page side.

import { connect } from "/pkg/index.js";
import { contact, presenceUpdate } from "./_bodies.mjs";
import { interleave, pause, time } from "./_rounds.mjs";
import { areSame, build, factsOf } from "./_snapshot.mjs";

/** As many chats as an agent has on the screen. */
const CHATS = 16;
/** More than the 100 ms in which a chat is notified once. */
const RATE_MS = 150;

// Read by nobody; written so that no work can be optimised away.
let sink;

export async function measure({ rounds, warmUps, bodies, listened }) {
  return {
    bodies: await measureBodies({ rounds, warmUps, bodies }),
    notifications: await measureNotifications({ rounds, warmUps, chats: listened }),
  };
}

/**
 * Bodies into watched chats, every one a change of state. In such a burst a chat is notified once in 100 ms, as it would be
 * in a page; what a notification costs is measured below.
 */
async function measureBodies({ rounds, warmUps, bodies }) {
  const [fromBytes, fromText] = [await client(CHATS), await client(CHATS)];
  const decoder = new TextDecoder();
  const measured = await interleave({
    rounds,
    warmUps,
    prepare: async () => {
      const prepared = Array.from({ length: bodies }, (_, n) =>
        presenceUpdate(contact(n % CHATS), Math.floor(n / CHATS) % 2 === 0 ? "typing" : "paused"));
      await pause(RATE_MS);
      return prepared;
    },
    candidates: {
      parse: (prepared) => time(bodies, (n) => { sink = JSON.parse(prepared[n].text); }),
      decodeAndParse: (prepared) => time(bodies, (n) => { sink = JSON.parse(decoder.decode(prepared[n].bytes)); }),
      fromBytes: (prepared) => time(bodies, (n) => fromBytes.ingest(prepared[n].bytes)),
      fromText: (prepared) => time(bodies, (n) => fromText.ingest(prepared[n].text)),
    },
  });
  for (const presence of [fromBytes, fromText]) {
    const { observations, duplicates, stale, unknownEvents, invalidIds } = presence.counters;
    const done = { observations, wasted: duplicates + stale + unknownEvents + invalidIds };
    expect(done.observations === (rounds + warmUps) * bodies && done.wasted === 0, "every body counts", done);
    presence.close();
  }
  return measured;
}

/**
 * A pass over many chats that changes each, so that none is held back by its rate and one listener is called for each body;
 * then the same words again in fresh bodies, which change nothing and call nobody. The difference is a notification: what the
 * machine does about a change, the snapshot and its freezing, the call.
 */
async function measureNotifications({ rounds, warmUps, chats }) {
  let heard = [];
  const presence = await client(chats);
  presence.listen((changes) => { for (const { snapshot } of changes) heard.push(snapshot); });
  const kept = new Array(chats);
  let word = "typing";
  const turn = () => {
    word = word === "typing" ? "recording" : "typing";
    return Array.from({ length: chats }, (_, n) => presenceUpdate(contact(n), word).bytes);
  };
  // The first change has no activity before it, and so another shape.
  for (const bytes of turn()) presence.ingest(bytes);
  const changed = [];
  const unchanged = [];
  const built = [];
  for (let round = -warmUps; round < rounds; round += 1) {
    const first = turn();
    const again = Array.from({ length: chats }, (_, n) => presenceUpdate(contact(n), word).bytes);
    await pause(RATE_MS);
    heard = [];
    const withNotice = time(chats, (n) => presence.ingest(first[n]));
    expect(heard.length === chats, "a pass that changes everything notifies of each", heard.length);
    const snapshots = heard;
    heard = [];
    const without = time(chats, (n) => presence.ingest(again[n]));
    expect(heard.length === 0, "a pass that changes nothing notifies of nothing", heard.length);
    const facts = snapshots.map(factsOf);
    const plain = time(chats, (n) => { kept[n] = build(facts[n]); });
    expect(snapshots.every((snapshot, n) => areSame(snapshot, kept[n])), "both build the same object", snapshots[0]);
    if (round >= 0) {
      changed.push(withNotice);
      unchanged.push(without);
      built.push(plain);
    }
  }
  presence.close();
  return { changed, unchanged, built };
}

/** A client without a gateway, `chats` contacts watched. */
async function client(chats) {
  const presence = await connect({ gateway: { kind: "ingest" }, maxWatchedChats: chats });
  for (let n = 0; n < chats; n += 1) presence.watch(contact(n));
  return presence;
}

function expect(holds, rule, found) {
  if (!holds) throw new Error(`${rule}; found ${JSON.stringify(found)}`);
}
