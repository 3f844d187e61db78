// What users' own tests need in place of a gateway and of real time.

export { fakeClock } from "./testing/clock.js";
export { fakeGateway } from "./testing/gateway.js";
