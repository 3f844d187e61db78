// `chatId` and `isChatId`, held to the table that `tests/ids.rs` holds the module to.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { chatId, isChatId, PresenceError } from "../../pkg/node.js";

const table = JSON.parse(await readFile(new URL("../fixtures/chat-ids.json", import.meta.url), "utf8"));

const refused = (call, message) => assert.throws(call, (error) => {
  assert.ok(error instanceof PresenceError && error instanceof Error);
  assert.equal(error.code, "invalid-chat");
  if (message !== undefined) assert.equal(error.message, message);
  return true;
});

test("every spelling of an id comes to its normal form", () => {
  for (const [text, normal] of table.same) {
    assert.equal(chatId(text), normal, text);
    assert.equal(chatId(normal), normal);
    assert.ok(isChatId(normal), normal);
  }
});

test("a phone number as people write it is a contact", () => {
  for (const [text, normal] of table.phones) {
    assert.equal(chatId(text), normal, text);
    assert.equal(isChatId(text), false, `${text} is not in its normal form`);
  }
});

test("what is no id and no number is refused without being repeated", () => {
  const message = "chat: expected a phone number, or an id that ends in @c.us, @lid or @g.us";
  for (const text of [...table.refused, ...table["refused phones"]]) {
    refused(() => chatId(text), message);
    assert.equal(isChatId(text), false, text);
  }
});

test("what only the wire knows is no chat id of ours", () => {
  for (const [text] of table["only on the wire"]) {
    refused(() => chatId(text));
    assert.equal(isChatId(text), false, text);
  }
});

test("what is no text is no chat id", () => {
  for (const [value, found] of [[15550001111, "number"], [null, "null"], [undefined, "undefined"], [{}, "object"], [["1@c.us"], "object"], [1n, "bigint"]]) {
    refused(() => chatId(value), `chat: expected a phone number or a chat id, found ${found}`);
    assert.equal(isChatId(value), false);
  }
});

test("the module takes every id that chatId makes", async () => {
  const { connect } = await import("../../pkg/node.js");
  const presence = await connect({ gateway: { kind: "ingest" } });
  for (const [text] of [...table.same, ...table.phones]) {
    assert.equal(presence.watch(chatId(text)).id, chatId(text));
  }
  presence.close();
});
