// How much the availability of a chat is worth, as a sentence. Nothing is said of a chat that is simply live.

/** @returns {{ tone: "calm" | "wait" | "warn", text: string } | null} */
export function knowledgeSentence({ knowledge, kind }) {
  switch (knowledge.state) {
    case "live":
      return knowledge.vouched ? null : { tone: "calm", text: "Still live as far as we know; the subscription is being renewed." };
    case "waiting":
      return waiting(knowledge, kind);
    case "lapsed":
      return { tone: "warn", text: lapses[knowledge.reason] };
    case "hidden":
      return { tone: "calm", text: hidden[knowledge.reason] };
    case "refused":
      return { tone: "warn", text: refused(knowledge) };
    default:
      return { tone: "calm", text: "Nobody watches this chat, so nothing is known of it." };
  }
}

function waiting({ reason, causes }, kind) {
  if (reason === "queued") return { tone: "wait", text: "Waiting its turn: chats are asked for slowly, as WhatsApp expects." };
  if (reason === "asked") return { tone: "wait", text: "WhatsApp was asked. The first answer takes a moment." };
  if (kind === "group") return { tone: "calm", text: "Nobody has typed here since we asked. WhatsApp does not tell who is online in a group." };
  const reasons = causes.map((cause) => silences[cause]).filter(Boolean);
  const because = reasons.length === 0 ? "" : ` It may be that ${reasons.join(", or that ")}.`;
  return { tone: "wait", text: `No answer yet, which does not mean offline.${because}` };
}

function refused({ reason, detail }) {
  const sentence = refusals[reason] ?? "The gateway does not serve this chat.";
  return detail === null ? sentence : `${sentence} It says: “${detail}”`;
}

const silences = {
  privacy: "their privacy settings hide it",
  "unmapped-lid": "the gateway knows them by a hidden id only",
  "engine-events": "the gateway's engine sends no presence events (WEBJS needs tagsEventsOn)",
  "other-device": "another device of this account gets the news instead",
};
const lapses = {
  lease: "The subscription ran out and is being renewed. Until then nothing is certain.",
  session: "The gateway lost its session with WhatsApp. Nothing is known until it is back.",
  feed: "We lost contact with the gateway. Nothing is known until it is back.",
};
const hidden = {
  deny: "Their privacy settings hide whether they are online. Typing still shows.",
  reciprocity: "WhatsApp shows others' presence only to those who show their own.",
};
const refusals = {
  "too-many": "Too many chats are watched at once; this one has to wait.",
  "outside-24h": "They have not written in the last 24 hours. The chat is watched as soon as they do.",
  "not-found": "The gateway does not know this chat.",
  forbidden: "We may not watch this chat: the gateway, or the ticket for the relay before it, does not allow it.",
  "bad-request": "The gateway does not accept this chat.",
  unsupported: "The gateway cannot watch this chat.",
  engine: "The gateway's engine failed on this chat, several times.",
};
