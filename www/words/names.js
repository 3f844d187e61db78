// What people are called when nobody told their name.

/** A chat id as a person would write the number. What is not a number gets a word. */
export function formatNumber(id) {
  const [user, server] = id.split("@");
  if (server === "g.us") return "Unnamed group";
  if (server !== "c.us" || !/^\d+$/.test(user)) return "Hidden number";
  const american = user.match(/^1(\d{3})(\d{3})(\d{4})$/);
  if (american !== null) return `+1 ${american.slice(1).join(" ")}`;
  return `+${user.match(/\d{1,3}/g).join(" ")}`;
}

/** At most two letters. A number has none, and gets a sign. */
export function initialsOf(name) {
  const words = name.match(/\p{L}+/gu) ?? [];
  if (words.length === 0) return "#";
  const letters = words.length === 1 ? [words[0]] : [words[0], words.at(-1)];
  return letters.map((word) => [...word][0].toUpperCase()).join("");
}

/** Ana; Ana and Ben; Ana, Ben and Cleo. */
export function listed(names) {
  return new Intl.ListFormat("en-GB", { style: "long", type: "conjunction" }).format(names);
}
