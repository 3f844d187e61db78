//! Calls that are made to fail, as a proxy or a bad day would.

use std::time::Duration;

use crate::traffic::call::{Answer, Request};

/// One kind of failure, for a number of calls.
#[derive(Clone, Debug)]
pub struct Fault {
    /// How many calls it still strikes.
    pub times: u32,
    /// It strikes only calls whose `METHOD /path` contains this.
    pub route: Option<String>,
    /// How long the call hangs first.
    pub delay: Duration,
    /// What the client gets.
    pub answer: Answer,
}

/// The failures that wait for calls.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Lets a failure wait behind those already waiting.
    pub fn add(&mut self, fault: Fault) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(fault);
        }
    }

    /// The failure that strikes this call, if one does.
    pub fn strike(&mut self, request: &Request) -> Option<(Duration, Answer)> {
        let line = format!("{} {}", request.method, request.path);
        let strikes = |fault: &Fault| fault.route.as_ref().is_none_or(|route| line.contains(route.as_str()));
        let fault = self.0.iter_mut().find(|fault| strikes(fault))?;
        fault.times = fault.times.saturating_sub(1);
        let struck = (fault.delay, fault.answer.clone());
        self.0.retain(|fault| fault.times > 0);
        Some(struck)
    }

    /// Calls succeed again.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

const MOST_FAULTS: usize = 256;
