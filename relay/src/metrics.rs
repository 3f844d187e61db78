//! Numbers for operators. Labels are names from the configuration and words of ours; never an id, a subject or an address.

use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// All there is to count.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    /// Webhooks by account and what became of them.
    pub(crate) hooks: IntCounterVec,
    /// How long a webhook waited for its answer.
    pub(crate) hook_seconds: Histogram,
    /// Events told, by account and name.
    pub(crate) events: IntCounterVec,
    /// Requests of pages, by route and status.
    pub(crate) requests: IntCounterVec,
    /// Calls to gateways, by account and outcome.
    pub(crate) upstream: IntCounterVec,
    /// Open connections.
    pub(crate) connections: IntGauge,
    /// Numbers of accounts, by account and what is counted.
    pub(crate) account: IntGaugeVec,
}

impl Metrics {
    /// Nothing counted yet.
    ///
    /// # Errors
    /// A name that Prometheus does not allow: a slip of ours.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counters = |name: &str, help: &str, labels: &[&str]| -> Result<IntCounterVec, prometheus::Error> {
            let counters = IntCounterVec::new(Opts::new(format!("wa_presence_relay_{name}"), help), labels)?;
            registry.register(Box::new(counters.clone()))?;
            Ok(counters)
        };
        let hook_seconds = Histogram::with_opts(
            HistogramOpts::new("wa_presence_relay_hook_seconds", "From the first byte of a webhook to its answer.")
                .buckets(vec![0.001, 0.005, 0.02, 0.1, 0.25, 1.0, 5.0]),
        )?;
        registry.register(Box::new(hook_seconds.clone()))?;
        let connections = IntGauge::new("wa_presence_relay_connections", "Open connections.")?;
        registry.register(Box::new(connections.clone()))?;
        let account = Opts::new("wa_presence_relay_account", "Numbers of an account, by what is counted.");
        let account = IntGaugeVec::new(account, &["account", "of"])?;
        registry.register(Box::new(account.clone()))?;
        Ok(Self {
            hooks: counters("hooks_total", "Webhooks, by what became of them.", &["account", "outcome"])?,
            events: counters("events_total", "Events told to feeds.", &["account", "name"])?,
            requests: counters("requests_total", "Requests, by route and status.", &["route", "status"])?,
            upstream: counters("upstream_total", "Calls to gateways, by outcome.", &["account", "outcome"])?,
            hook_seconds,
            connections,
            account,
            registry,
        })
    }

    pub(crate) fn set(&self, account: &str, of: &str, value: usize) {
        self.account.with_label_values(&[account, of]).set(i64::try_from(value).unwrap_or(i64::MAX));
    }

    pub(crate) fn hook(&self, account: &str, outcome: &str) {
        self.hooks.with_label_values(&[account, outcome]).inc();
    }

    pub(crate) fn event(&self, account: &str, name: &str) {
        self.events.with_label_values(&[account, name]).inc();
    }

    pub(crate) fn request(&self, route: &str, status: u16) {
        self.requests.with_label_values(&[route, &status.to_string()]).inc();
    }

    pub(crate) fn upstream(&self, account: &str, outcome: &str) {
        self.upstream.with_label_values(&[account, outcome]).inc();
    }

    /// Everything, in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        // Writing into memory does not fail.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        text
    }
}
