// The elements of index.html, by the role they play.

const at = (id) => document.getElementById(id);

export const page = {
  root: at("page"),
  announcer: at("announcer"),
  choice: at("choice"),
  status: {
    root: at("status"),
    gateway: at("gateway"),
    connection: at("status-connection"),
    session: at("status-session"),
    notice: at("notice"),
    noticeText: at("notice-text"),
  },
  banner: { root: at("banner"), title: at("banner-title"), text: at("banner-text") },
  chats: { list: at("chats"), summary: at("summary"), empty: at("chats-empty") },
  gauge: {
    root: at("gauge"),
    title: at("gauge-title"),
    bar: at("gauge-bar"),
    spent: at("gauge-spent"),
    queue: at("gauge-queue"),
    unprompted: at("gauge-unprompted"),
  },
  add: { form: at("add"), field: at("add-number"), error: at("add-error") },
  conversation: {
    root: at("conversation"),
    back: at("back"),
    blank: at("blank"),
    body: at("conversation-body"),
    face: at("face"),
    name: at("conversation-name"),
    status: at("conversation-status"),
    knowledge: at("knowledge"),
    lease: { bar: at("lease-bar"), text: at("lease-text") },
    participants: at("participants"),
    more: at("participants-more"),
    log: at("log"),
  },
};
