//! Faults that take a message and store something else.

mod attributes;
mod audiences;
mod batch;
mod identities;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::Message;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::DestinationSetup;

/// Changes what is about to be stored.
pub(super) fn distort(message: &mut Message, setup: &DestinationSetup, rules: &Rules) {
    batch::distort(&mut message.profiles, rules);
    if rules.has(Fault::GroupStatusIgnored) && message.group.is_some() {
        message
            .profiles
            .iter_mut()
            .for_each(audiences::exits_become_entries);
    }
    for profile in &mut message.profiles {
        audiences::distort(profile, rules);
        identities::distort(&mut profile.identities, setup, rules);
        attributes::distort(&mut profile.attributes, rules);
    }
}

/// Takes back what a message did: who entered leaves, who left enters.
pub(super) fn undo(message: &mut Message) {
    for profile in &mut message.profiles {
        std::mem::swap(&mut profile.audiences.add, &mut profile.audiences.remove);
    }
}
