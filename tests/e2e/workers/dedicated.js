import { answer } from "./client.js";

self.onmessage = async ({ data }) => {
  // The page goes, and waits for nobody.
  if (data === "close") return answer([0, "close"]);
  self.postMessage(await answer(data));
};
