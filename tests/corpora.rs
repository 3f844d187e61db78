//! What the fuzzers start from and what they found, replayed through the bodies of the fuzz targets on stable.
//!
//! Every fixture of every gateway is a body to start from too, without being copied to the seeds.
#![cfg(not(target_arch = "wasm32"))]

#[expect(unreachable_pub, reason = "a library of its own where the fuzz targets use it")]
#[path = "../fuzz/src/lib.rs"]
mod bodies;

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

/// The targets whose input begins with a body.
const READS_BODIES: [&str; 3] = ["webhook", "decode", "answers"];

#[test]
fn every_known_webhook_body_is_survived() {
    replay("webhook", bodies::webhook);
}

#[test]
fn every_known_body_of_unknown_origin_is_survived() {
    replay("decode", bodies::decode);
}

#[test]
fn every_known_answer_is_survived_by_every_dialect() {
    replay("answers", bodies::answers);
}

#[test]
fn every_known_stream_of_a_relay_is_survived() {
    replay("stream", bodies::stream);
}

#[test]
fn every_known_story_keeps_the_invariants() {
    replay("machine", bodies::machine);
}

/// Runs all inputs, so that one failure does not hide the next.
fn replay(target: &str, body: fn(&[u8])) {
    let mut inputs = [files(&["fuzz", "seeds", target]), files(&["fuzz", "regressions", target])].concat();
    assert!(!inputs.is_empty(), "there are no inputs for {target}");
    if READS_BODIES.contains(&target) {
        inputs.extend(["waapi", "waha", "wawp"].iter().flat_map(|gateway| files(&["tests", "fixtures", gateway])));
    }
    let fails = |path: &PathBuf| {
        let input = fs::read(path).expect("an input can be read");
        catch_unwind(|| body(&input)).is_err()
    };
    let failed: Vec<_> = inputs.into_iter().filter(fails).collect();
    assert!(failed.is_empty(), "inputs that fail: {failed:?}");
}

/// Inputs of one kind, in order of their names. A kind without inputs has no folder.
fn files(folder: &[&str]) -> Vec<PathBuf> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR")].iter().chain(folder).collect();
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    paths
}
