// What every fixture does, copied beside its own few lines: it follows one chat of the simulated gateway and shows what its contact does.

/** What the harness says: a page reads it from its address, a program from its environment. */
export function told() {
  const text = globalThis.document ? decodeURIComponent(location.hash.slice(1)) : process.env.STORY;
  return JSON.parse(text);
}

/** Follows the chat, and hands on each activity. */
export async function follow(connect, { gateway, chat, typingTtlMs }, draw, { load, ...more } = {}) {
  const presence = await connect({ gateway, typingTtlMs, ...more }, load);
  // They wrote a moment ago: watching others is warned of.
  presence.watch(chat, { lastInboundAtMs: Date.now() }).listen(({ activity }) => draw(activity));
  return presence;
}

/** For pages: shows it in the `<output>`. */
export function show(connect, more) {
  const output = document.querySelector("output");
  return follow(connect, told(), (activity) => { output.textContent = activity; }, more);
}

/** For programs: prints it, until the contact has typed and stopped. */
export function print(connect, { story = told(), ...more } = {}) {
  let typed = false;
  return new Promise((resolve, reject) => {
    const presence = follow(connect, story, (activity) => {
      console.log(activity);
      typed ||= activity === "typing";
      if (typed && activity === "none") presence.then((presence) => resolve(presence.close()));
    }, more);
    presence.catch(reject);
  });
}
