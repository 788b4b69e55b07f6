//! A request that knows where it is and who asks.

use crate::emulator::storage::azure::auth::{Access, Need};
use crate::emulator::storage::azure::call::Call;
use crate::emulator::storage::azure::failure::{Dialect, Failure};
use crate::emulator::storage::azure::room::Room;
use crate::emulator::storage::azure::state::{AccountState, Server};
use crate::emulator::storage::rules::Rules;

/// A request that knows where it is and who asks.
pub(super) struct Visit<'a> {
    pub(super) dialect: Dialect,
    pub(super) server: &'a Server,
    pub(super) account: &'a AccountState,
    /// Nothing, where the container does not exist.
    pub(super) room: Option<&'a Room>,
    pub(super) container: &'a str,
    pub(super) file: Option<&'a str>,
    pub(super) access: Access,
    pub(super) call: &'a Call,
}

impl<'a> Visit<'a> {
    /// The container, if this may be done there; whether it exists is not told to whom it does not concern.
    pub(super) fn permitted(&self, need: Need) -> Result<&'a Room, Failure> {
        self.access
            .permit(need, self.file, self.call, self.rules())?;
        self.room.ok_or_else(|| Failure::no_container(self.dialect))
    }

    pub(super) fn rules(&self) -> &'a Rules {
        &self.server.rules
    }

    /// What the right to write a name is: a new one needs less.
    pub(super) fn need_to_write(&self, name: &str) -> Need {
        let known = self.room.is_some_and(|room| room.store.get(name).is_some());
        match known {
            true => Need::Write,
            false => Need::Create,
        }
    }
}
