//! Webhook signatures by the vectors of RFC 4231 and of WAHA's documentation; freshness at its edges; copies.
#![cfg(not(target_arch = "wasm32"))]

use wa_presence::gateway::Gateway;
use wa_presence::gateway::webhook::{Algorithm, Fresh, ReplayGuard, Signing, TOLERANCE_MS, fresh, verify};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::time::{Instant, UnixMs};

const WALL: UnixMs = UnixMs::from_ms(1_785_000_000_000);

/// WAHA's documented example.
const SECRET: &[u8] = b"my-secret-key";
const BODY: &[u8] = br#"{"event":"message","session":"default","engine":"WEBJS"}"#;
const SHA256: &str = "46270e6ad829217a54d67026afb4ef20e76d3a4ea36d64b140834b5fb3e8b83a";
const SHA512: &str = "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8\
                      097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89";

fn code(result: Result<(), Error>) -> Option<ErrorCode> {
    result.err().map(|error| error.code)
}

struct Vector {
    key: Vec<u8>,
    data: Vec<u8>,
    sha256: &'static str,
    sha512: &'static str,
}

/// RFC 4231, 4.2 to 4.5, 4.7 and 4.8. 4.6 is of truncated digests, which nobody sends.
fn rfc_4231() -> [Vector; 6] {
    let long: &[u8] = b"This is a test using a larger than block-size key and a larger than block-size data. \
                        The key needs to be hashed before being used by the HMAC algorithm.";
    [
        Vector {
            key: vec![0x0b; 20],
            data: b"Hi There".to_vec(),
            sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            sha512: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
                     daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        },
        Vector {
            key: b"Jefe".to_vec(),
            data: b"what do ya want for nothing?".to_vec(),
            sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            sha512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                     9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        },
        Vector {
            key: vec![0xaa; 20],
            data: vec![0xdd; 50],
            sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            sha512: "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
                     bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        },
        Vector {
            key: (0x01..=0x19).collect(),
            data: vec![0xcd; 50],
            sha256: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            sha512: "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db\
                     a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        },
        Vector {
            key: vec![0xaa; 131],
            data: b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            sha512: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
                     6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        },
        Vector {
            key: vec![0xaa; 131],
            data: long.to_vec(),
            sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            sha512: "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
                     b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        },
    ]
}

#[test]
fn the_vectors_of_rfc_4231_hold() {
    for Vector { key, data, sha256, sha512 } in rfc_4231() {
        for (digest, algorithm) in [(sha256, Algorithm::Sha256), (sha512, Algorithm::Sha512)] {
            assert_eq!(verify(&data, digest, &key, None), Ok(()));
            assert_eq!(verify(&data, digest, &key, Some(algorithm)), Ok(()));
            assert_eq!(code(verify(b"other data", digest, &key, None)), Some(ErrorCode::Unauthorized));
            assert_eq!(code(verify(&data, digest, b"another key", None)), Some(ErrorCode::Unauthorized));
        }
    }
}

#[test]
fn wahas_documented_example_holds() {
    assert!(SHA512.starts_with("208f8a55") && SHA512.ends_with("fa89") && SHA512.len() == 128);
    assert_eq!(verify(BODY, SHA512, SECRET, Some(Signing::WAHA.algorithm)), Ok(()));
}

#[test]
fn the_same_json_in_other_bytes_is_another_body() {
    let spaced = br#"{"event": "message", "session": "default", "engine": "WEBJS"}"#;
    assert_eq!(code(verify(spaced, SHA512, SECRET, None)), Some(ErrorCode::Unauthorized));
    assert_eq!(code(verify(&[BODY, b"\n"].concat(), SHA512, SECRET, None)), Some(ErrorCode::Unauthorized));
    assert_eq!(code(verify(b"", SHA512, SECRET, None)), Some(ErrorCode::Unauthorized));
}

#[test]
fn a_prefix_upper_case_and_white_space_make_no_difference() {
    for (digest, name) in [(SHA256, "sha256"), (SHA512, "sha512")] {
        let upper = digest.to_uppercase();
        for signature in [
            upper.clone(),
            format!("{}{}", &digest[..32], &upper[32..]),
            format!("{name}={digest}"),
            format!("{}={upper}", name.to_uppercase()),
            format!("Sha{}={digest}", &name[3..]),
            format!(" \t{digest}\r\n"),
            format!("  {name}={digest} "),
        ] {
            assert_eq!(verify(BODY, &signature, SECRET, None), Ok(()), "{signature:?}");
        }
    }
}

#[test]
fn every_single_flipped_bit_of_a_digest_is_refused() {
    for digest in [SHA256, SHA512] {
        let bytes: Vec<u8> =
            (0..digest.len()).step_by(2).map(|at| u8::from_str_radix(&digest[at..at + 2], 16).expect("hex")).collect();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let signature: String = flipped.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(code(verify(BODY, &signature, SECRET, None)), Some(ErrorCode::Unauthorized), "bit {bit}");
        }
    }
}

#[test]
fn every_single_flipped_bit_of_a_body_is_refused() {
    for bit in 0..BODY.len() * 8 {
        let mut flipped = BODY.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(code(verify(&flipped, SHA512, SECRET, None)), Some(ErrorCode::Unauthorized), "bit {bit}");
    }
}

#[test]
fn what_is_no_digest_of_a_known_length_is_malformed() {
    for length in (0..=200).filter(|length| ![64, 128].contains(length)) {
        let digits = "a".repeat(length);
        assert_eq!(code(verify(BODY, &digits, SECRET, None)), Some(ErrorCode::Malformed), "{length}");
        assert_eq!(code(verify(BODY, &format!("sha256={digits}"), SECRET, None)), Some(ErrorCode::Malformed));
    }
    let inside = format!("{} {}", &SHA256[..32], &SHA256[33..]);
    for signature in [
        format!("{}g", &SHA256[..63]),
        format!("+{}", &SHA256[1..]),
        format!("{}é", &SHA256[..62]),
        "é".repeat(32),
        inside,
        format!("={SHA256}"),
        format!("sha1={SHA256}"),
        format!("sha256={SHA256}="),
        format!("sha256=sha256={SHA256}"),
        format!("sha256:{SHA256}"),
        format!("sha512={SHA256}"),
        format!("sha256={SHA512}"),
        format!("{SHA256},{SHA256}"),
    ] {
        assert_eq!(code(verify(BODY, &signature, SECRET, None)), Some(ErrorCode::Malformed), "{signature:?}");
    }
}

#[test]
fn an_algorithm_that_is_asked_for_must_be_the_one_found() {
    assert_eq!(verify(BODY, SHA256, SECRET, Some(Algorithm::Sha256)), Ok(()));
    assert_eq!(verify(BODY, SHA512, SECRET, Some(Algorithm::Sha512)), Ok(()));
    assert_eq!(code(verify(BODY, SHA256, SECRET, Some(Algorithm::Sha512))), Some(ErrorCode::Malformed));
    assert_eq!(code(verify(BODY, SHA512, SECRET, Some(Algorithm::Sha256))), Some(ErrorCode::Malformed));
}

#[test]
fn an_empty_secret_signs_nothing() {
    // What anybody can compute without a secret.
    let unkeyed = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    assert_eq!(code(verify(b"", unkeyed, b"", None)), Some(ErrorCode::InvalidOption));
    assert_eq!(code(verify(b"", unkeyed, b"\0x", None)), Some(ErrorCode::Unauthorized));
}

#[test]
fn errors_say_what_was_expected_and_repeat_nothing() {
    let errors = [
        verify(BODY, &SHA256.replace('4', "5"), SECRET, None),
        verify(BODY, "s3cret-signature", SECRET, None),
        verify(BODY, SHA256, SECRET, Some(Algorithm::Sha512)),
        verify(BODY, SHA256, b"", None),
    ];
    for error in errors.map(|result| result.expect_err("it is refused")) {
        let shown = format!("{error} {error:?}");
        assert!(error.message.contains("expected") && error.message.contains("found"), "{shown}");
        for kept in ["my-secret", "s3cret", &SHA256[..8], &SHA256[56..], "WEBJS", "default"] {
            assert!(!shown.contains(kept), "{shown}");
        }
    }
    assert!(!format!("{:?}", ReplayGuard::new(987_654_321)).contains("987654321"));
}

#[test]
fn each_gateway_signs_in_its_own_way() {
    let known = [Signing::WAHA, Signing::WAAPI, Signing::WAWP].map(|known| (known.header, known.algorithm.as_str()));
    assert_eq!(known, [("X-Webhook-Hmac", "sha512"), ("X-WaAPI-HMAC", "sha256"), ("X-Webhook-Hmac", "sha256")]);
}

#[test]
fn a_body_is_fresh_within_the_tolerance_either_way() {
    let at = |ms: u64| fresh(Some(UnixMs::from_ms(ms)), WALL, TOLERANCE_MS);
    let wall = WALL.as_ms();
    assert_eq!(TOLERANCE_MS, 900_000);
    for (ms, expected) in [
        (wall, Fresh::Yes),
        (wall - 900_000, Fresh::Yes),
        (wall - 900_001, Fresh::No),
        (wall + 900_000, Fresh::Yes),
        (wall + 900_001, Fresh::No),
        (0, Fresh::No),
        (u64::MAX, Fresh::No),
    ] {
        assert_eq!(at(ms), expected, "{ms}");
    }
    assert_eq!(fresh(None, WALL, u64::MAX), Fresh::Unknown);
    assert_eq!(fresh(Some(WALL), WALL, 0), Fresh::Yes);
    assert_eq!(fresh(Some(UnixMs::from_ms(wall + 1)), WALL, 0), Fresh::No);
}

#[test]
fn an_id_is_seen_for_the_first_time_once() {
    let mut guard = ReplayGuard::new(1);
    let at = Instant::from_ms;
    assert!(guard.first_seen("evt_01", at(0)));
    assert!(!guard.first_seen("evt_01", at(0)));
    assert!(guard.first_seen("evt_02", at(1)));
    assert!(!guard.first_seen("evt_01", at(900_000)), "as long as its stamp may be fresh");
    assert!(guard.first_seen("evt_01", at(900_001)), "forgotten after fifteen minutes");
}

#[test]
fn the_guard_forgets_the_oldest_beyond_its_capacity() {
    let mut guard = ReplayGuard::new(1);
    for n in 0..4_095 {
        assert!(guard.first_seen(&format!("evt_{n}"), Instant::ZERO));
    }
    assert!(!guard.first_seen("evt_0", Instant::ZERO));
    for n in 4_095..4_097 {
        assert!(guard.first_seen(&format!("evt_{n}"), Instant::ZERO));
    }
    assert!(guard.first_seen("evt_0", Instant::ZERO));
    assert!(!guard.first_seen("evt_4096", Instant::ZERO));
}

#[test]
fn no_copy_is_fresh_once_its_id_is_forgotten_if_the_tolerance_is_half_the_memory() {
    let tolerance = 450_000;
    for ahead in [0, 1, 300_000, 450_000] {
        let (stamp, mut guard) = (UnixMs::from_ms(WALL.as_ms() + ahead), ReplayGuard::new(1));
        let mut passed = 0;
        for now in [0, 450_000, 899_999, 900_000, 900_001, 1_800_000].map(Instant::from_ms) {
            let wall = WALL.at(now, Instant::ZERO);
            passed += u32::from(fresh(Some(stamp), wall, tolerance) == Fresh::Yes && guard.first_seen("evt_01", now));
        }
        assert_eq!(passed, 1, "{ahead} ms ahead");
    }
}

#[test]
fn a_body_is_asked_for_its_own_stamp_and_id() {
    let body = br#"{"id":"evt_01","timestamp":1785000000123,"event":"presence.update","session":"default",
        "payload":{"id":"15550001111@c.us","presences":[]}}"#;
    let decoded = Gateway::Ingest.decode(body).expect("an envelope");
    let envelope = decoded.envelopes.iter().next().expect("one");
    assert_eq!(fresh(envelope.stamp, WALL, TOLERANCE_MS), Fresh::Yes);
    assert!(ReplayGuard::new(1).first_seen(envelope.id.expect("an id"), Instant::ZERO));
}
