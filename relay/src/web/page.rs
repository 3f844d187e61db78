//! Who asks: the ticket in the header `Authorization`, the account it is for, and how often its subject asked before.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use wa_presence::machine::error::ErrorCode;

use super::{Desk, Desked};
use crate::error::Refusal;
use crate::ticket::Ticket;

/// A request of a page with a good ticket.
pub(super) fn admit<'a>(desk: &'a Desk, headers: &HeaderMap) -> Result<(Ticket, &'a Desked), Refusal> {
    if *desk.ending.borrow() {
        return Err(Refusal::ending());
    }
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.split_once(' '));
    let ticket = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, ticket)| ticket.trim());
    let ticket = ticket.ok_or_else(|| {
        Refusal::new(ErrorCode::Unauthorized, "ticket: expected the header `Authorization: Bearer …`")
    })?;
    let ticket = desk.keys.check(ticket, desk.shared.clock.wall())?;
    let account = desk.accounts.get(&ticket.account);
    let account =
        account.ok_or_else(|| Refusal::new(ErrorCode::Forbidden, "ticket: expected an account of this relay"))?;
    desk.take_pace(&ticket.account, &ticket.subject).map_err(|wait_ms| {
        Refusal::new(ErrorCode::RateLimited, "requests: too many with tickets of one subject").with_retry(wait_ms)
    })?;
    Ok((ticket, account))
}

/// Refuses a page that means another account than its ticket does.
pub(super) fn same_account(ticket: &Ticket, meant: Option<&str>) -> Result<(), Refusal> {
    if meant.is_none_or(|meant| meant == ticket.account) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::Forbidden, "account: expected the one that the ticket names"))
}
