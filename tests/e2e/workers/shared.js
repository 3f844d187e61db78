import { answer } from "./client.js";

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = async ({ data }) => port.postMessage(await answer(data));
};
