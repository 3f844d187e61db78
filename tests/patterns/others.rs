//! What other clients of the account say of it: claims, ghosts, policies that take over.

use wa_presence::machine::time::Instant;
use wa_presence::patterns::own::{Others, Own, PULSE_MS};
use wa_presence::patterns::policy::Policy;

fn at(ms: u64) -> Instant {
    Instant::from_ms(1_000_000 + ms)
}

/// Somebody with a seed, who has told the gateway so much by now.
fn own() -> Own {
    Own::seeded(7)
}

/// Tells the gateway whatever it wants told, and that it was taken.
fn told(own: &mut Own, ms: u64) -> Option<bool> {
    own.handle_timeout(at(ms));
    let online = own.poll(false, at(ms))?;
    own.handle_outcome(online, None, at(ms));
    Some(online)
}

fn leading(own: &mut Own, policy: Policy, ms: u64) {
    own.set_policy(Some(policy), at(ms));
    own.lead_policy(at(ms));
}

#[test]
fn while_a_ghost_of_another_tab_stands_no_claim_of_ours_is_told() {
    let mut own = own();
    own.learn_others(Others { ghost_until: Some(at(5_000)), ..Others::default() });
    own.claim(true, at(0));
    assert_eq!(told(&mut own, 0), None);
    assert!(own.state(at(0)).ghost_elsewhere && own.state(at(0)).claimed);
    assert_eq!(told(&mut own, 5_000), Some(true), "it ran out");
}

#[test]
fn a_ghost_is_written_down_for_the_others_and_so_is_its_end() {
    let mut own = own();
    own.haunt(true, at(0));
    let says = own.poll_claim(at(0)).expect("it is due").expect("it says something");
    assert_eq!((says.claim_until.is_some(), says.ghost_until.is_some()), (false, true));
    own.haunt(false, at(100));
    assert_eq!(own.poll_claim(at(100)), Some(None));
}

#[test]
fn a_policy_that_another_tab_takes_over_is_not_ended_by_the_tab_that_goes() {
    for (another, says_offline) in [(true, false), (false, true)] {
        let mut own = own();
        leading(&mut own, Policy::new(None, true, None), 0);
        own.policy().expect("one was set").handle_health(true);
        assert_eq!(told(&mut own, 0), Some(true));
        own.learn_others(Others { policy_until: another.then_some(at(60_000)), ..Others::default() });
        assert_eq!(own.leave(at(1_000)), says_offline, "another: {another}");
    }
}

#[test]
fn a_claim_of_a_person_is_ended_although_another_tab_has_a_policy() {
    let mut own = own();
    leading(&mut own, Policy::new(None, true, None), 0);
    own.claim(true, at(0));
    assert_eq!(told(&mut own, 0), Some(true));
    own.learn_others(Others { policy_until: Some(at(60_000)), ..Others::default() });
    assert!(own.leave(at(1_000)), "the other tab's policy says what it says, later");
}

#[test]
fn no_pulse_shows_us_while_somebody_wants_us_unseen() {
    let mut own = own();
    leading(&mut own, Policy::new(None, false, Some(900_000)), 0);
    own.learn_others(Others { ghost_until: Some(at(u64::MAX / 2)), ..Others::default() });
    for ms in (0..2_000_000).step_by(1_000) {
        assert_ne!(told(&mut own, ms), Some(true), "at {ms}");
    }
    own.learn_others(Others::default());
    let seen = (2_000_000..3_100_000).step_by(1_000).filter(|ms| told(&mut own, *ms) == Some(true)).count();
    assert!(seen >= 1, "once every quarter of an hour, for {PULSE_MS} ms");
}
