//! One rule a test, told in virtual time. The name is the rule.

mod support;

#[path = "stories/availability.rs"]
mod availability;
#[path = "stories/groups.rs"]
mod groups;
#[path = "stories/identity.rs"]
mod identity;
#[path = "stories/listeners.rs"]
mod listeners;
#[path = "stories/messages.rs"]
mod messages;
#[path = "stories/order.rs"]
mod order;
#[path = "stories/reads.rs"]
mod reads;
#[path = "stories/subscriptions.rs"]
mod subscriptions;
#[path = "stories/typing.rs"]
mod typing;
