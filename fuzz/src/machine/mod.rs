//! A story told to the machine by any bytes, and what must hold after every sentence of it.
//!
//! [`ops`] is the language, [`world`] plays gateway, application and clock, [`invariants`] is what must hold whatever is told.

mod invariants;
mod ops;
mod world;

use ops::Reader;
use world::World;

/// Stories longer than this tell nothing new, and slow the search down.
const LONGEST: usize = 1_000;

pub(crate) fn run(input: &[u8]) {
    let mut reader = Reader::new(input);
    let mut world = World::new(&reader.setting());
    invariants::check(&mut world);
    for op in reader.take(LONGEST) {
        world.perform(&op);
        invariants::check(&mut world);
    }
    world.end();
    invariants::check_end(&mut world);
}
