// The one place that names the package. With a bundler or an import map a page writes `from "wa-presence"`; this one has
// neither (its policy forbids anything inline), so it takes the same file by its path.
export { chatId, connect, isChatId } from "/pkg/index.js";
