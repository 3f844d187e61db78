//! What listeners hear.

use crate::support::{ANA, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;

const RECORDING: Option<ActivityKind> = Some(ActivityKind::Recording);

#[test]
fn listeners_hear_the_leading_edge_at_once_then_at_most_one_change_per_100_ms_and_always_the_last() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    for step in 0..30 {
        world.until(1_000 + step * 10);
        let word = if step % 2 == 0 { Word::Typing } else { Word::Recording };
        world.says(ANA, ANA, word);
    }
    world.until(5_000);
    let times: Vec<_> = world.heard.iter().map(|(at, _, _)| *at).filter(|at| *at >= 1_000).collect();
    assert_eq!(times.first(), Some(&1_000));
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 100), "{times:?}");
    assert_eq!(world.heard.last().map(|(_, _, s)| s.activity), Some(RECORDING));
}

#[test]
fn a_change_that_goes_back_before_it_is_due_is_not_heard() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    world.says(ANA, ANA, Word::Online);
    let heard = world.heard.len();
    world.until(1_010);
    world.says(ANA, ANA, Word::Offline);
    world.until(1_020);
    world.says(ANA, ANA, Word::Online);
    world.until(3_000);
    let differing = world.heard.len() - heard;
    // The observed last seen is a difference; the availability is not.
    assert!(differing <= 1);
    assert!(world.heard.iter().all(|(_, _, s)| s.availability != Availability::Offline));
}
