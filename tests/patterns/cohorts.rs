//! A few people of whom somebody wants to hear when they come online: at once, and each once in a while.

use crate::gateway::Vendor;
use crate::page::id;
use crate::stage::Stage;
use crate::support::{ANA, ANA_LID, BEN, TEAM};
use wa_presence::machine::Priority;
use wa_presence::patterns::Told;
use wa_presence::patterns::cohort::{CohortId, MOST_PEOPLE};

const COOL_DOWN_MS: u64 = 3_600_000;

fn await_people(stage: &mut Stage, people: &[&str], cool_down_ms: u64) -> CohortId {
    let people: Vec<_> = people.iter().map(|person| id(person)).collect();
    let cohort = stage.session.await_people(&people, cool_down_ms, stage.now).expect("room for one more");
    stage.drain();
    cohort
}

/// Of whom a cohort was told, with when.
fn came(stage: &Stage, cohort: CohortId) -> Vec<(u64, &str)> {
    let told = stage.told.iter().filter_map(|(at, told)| match told {
        Told::Available(of, who) if *of == cohort => Some((*at, who.as_str())),
        Told::Available(..) | Told::Answered(..) | Told::Struggling(..) => None,
    });
    told.collect()
}

#[test]
fn who_comes_online_is_told_of_at_once_and_who_is_there_already_too() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.watch(BEN, Priority::Background);
    stage.until(5_000);
    let cohort = await_people(&mut stage, &[ANA, BEN], COOL_DOWN_MS);
    assert_eq!(came(&stage, cohort), [(5_000, ANA)]);
    stage.until(9_000);
    stage.says(BEN, BEN, "offline");
    stage.until(20_000);
    stage.says(BEN, BEN, "online");
    assert_eq!(came(&stage, cohort), [(5_000, ANA), (20_000, BEN)], "while they unlock their phone");
}

#[test]
fn typing_and_writing_are_coming_online() {
    for typing in [true, false] {
        let mut stage = Stage::new();
        let cohort = await_people(&mut stage, &[ANA], COOL_DOWN_MS);
        stage.until(1_000);
        if typing {
            stage.says(ANA, ANA, "typing")
        } else {
            stage.writes(ANA, ANA, 0)
        }
        stage.until(2_000);
        stage.says(ANA, ANA, "online");
        assert_eq!(came(&stage, cohort), [(1_000, ANA)], "once: it is one arrival");
    }
}

#[test]
fn an_old_message_is_no_arrival() {
    let mut stage = Stage::new();
    let cohort = await_people(&mut stage, &[ANA], COOL_DOWN_MS);
    stage.writes(ANA, ANA, 120_000);
    assert_eq!(came(&stage, cohort), []);
}

#[test]
fn each_is_told_of_once_within_a_cool_down_and_again_when_they_come_after_it() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "offline");
    let cohort = await_people(&mut stage, &[ANA], COOL_DOWN_MS);
    for (at, word) in [
        (1_000, "online"),
        (60_000, "offline"),
        (120_000, "online"),
        (3_500_000, "offline"),
        (3_600_999, "online"),
        (3_700_000, "offline"),
        (3_800_000, "online"),
    ] {
        stage.until(at);
        stage.says(ANA, ANA, word);
    }
    assert_eq!(came(&stage, cohort), [(1_000, ANA), (3_800_000, ANA)]);
}

#[test]
fn without_a_cool_down_every_arrival_is_told() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "offline");
    let cohort = await_people(&mut stage, &[ANA], 0);
    for (at, word) in [(1_000, "online"), (1_500, "online"), (2_000, "offline"), (3_000, "online")] {
        stage.until(at);
        stage.says(ANA, ANA, word);
    }
    assert_eq!(came(&stage, cohort), [(1_000, ANA), (3_000, ANA)]);
}

#[test]
fn a_reconnect_is_no_arrival_within_the_cool_down() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    let cohort = await_people(&mut stage, &[ANA], COOL_DOWN_MS);
    stage.until(10_000);
    stage.session_works(false);
    stage.until(20_000);
    stage.session_works(true);
    stage.until(21_000);
    stage.says(ANA, ANA, "online");
    assert_eq!(came(&stage, cohort), [(0, ANA)]);
}

#[test]
fn who_is_forgotten_is_not_told_of() {
    let mut stage = Stage::new();
    let [first, second] = [0, 0].map(|cool_down_ms| await_people(&mut stage, &[ANA], cool_down_ms));
    stage.session.patterns_mut().forget_people(first);
    stage.says(ANA, ANA, "online");
    assert_eq!((came(&stage, first), came(&stage, second)), (vec![], vec![(0, ANA)]));
}

#[test]
fn nobody_else_is_told_of() {
    let mut stage = Stage::new();
    let cohort = await_people(&mut stage, &[ANA], 0);
    stage.says(BEN, BEN, "online");
    stage.says(TEAM, ANA, "online");
    assert_eq!(came(&stage, cohort), [], "who is seen in a group is not seen in their own chat");
}

#[test]
fn who_hides_is_told_of_only_where_they_are_seen_all_the_same() {
    let mut stage = Stage::at(Vendor::Waapi);
    let cohort = await_people(&mut stage, &[ANA], 0);
    stage.denies(ANA);
    stage.until(60_000);
    assert_eq!(came(&stage, cohort), []);
    stage.writes(ANA, ANA, 0);
    assert_eq!(came(&stage, cohort), [(60_000, ANA)]);
}

#[test]
fn whoever_is_named_by_a_hidden_id_may_come_under_their_number() {
    for known_before in [true, false] {
        let mut stage = Stage::new();
        if known_before {
            stage.alias(ANA_LID, ANA);
        }
        stage.watch(ANA_LID, Priority::Background);
        let cohort = await_people(&mut stage, &[ANA_LID], COOL_DOWN_MS);
        stage.says(ANA, ANA, "online");
        stage.until(1_000);
        stage.alias(ANA_LID, ANA);
        let at = if known_before { 0 } else { 1_000 };
        assert_eq!(came(&stage, cohort), [(at, ANA_LID)], "by the id they were named by");
        stage.says(ANA_LID, ANA_LID, "online");
        assert_eq!(came(&stage, cohort).len(), 1);
    }
}

#[test]
fn one_person_named_by_two_ids_is_told_of_once() {
    let mut stage = Stage::new();
    stage.alias(ANA_LID, ANA);
    let cohort = await_people(&mut stage, &[ANA_LID, ANA], COOL_DOWN_MS);
    stage.says(ANA, ANA, "online");
    assert_eq!(came(&stage, cohort).len(), 1);
}

#[test]
fn a_cohort_is_a_few_people_and_there_are_a_few_cohorts() {
    let mut stage = Stage::new();
    let people: Vec<String> = (0..=MOST_PEOPLE).map(|n| format!("1555000{n:04}@c.us")).collect();
    let names: Vec<_> = people.iter().map(String::as_str).collect();
    let cohort = await_people(&mut stage, &names, 0);
    for person in &people {
        stage.says(person, person, "online");
    }
    assert_eq!(came(&stage, cohort).len(), MOST_PEOPLE, "more would be scanning");
    for _ in 1..64 {
        await_people(&mut stage, &[ANA], 0);
    }
    assert_eq!(stage.session.await_people(&[id(ANA)], 0, stage.now), None);
    stage.session.patterns_mut().forget_people(cohort);
    await_people(&mut stage, &[ANA], 0);
}
