//! Who may come in, by which secret, and what they may do then.

use std::sync::Arc;

use russh::keys::PublicKey;
use russh::{MethodKind, MethodSet};

use super::{StartError, User};
use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Variation};

/// How much of a password is compared under [`Fault::SecretCut`].
const COMPARED: usize = 8;
/// The user who needs no secret under the faults `anonymous-*`.
const ANONYMOUS: &str = "anonymous";

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rights {
    pub(super) read: bool,
    pub(super) list: bool,
    pub(super) write: bool,
    /// Taking away what is there: deleting and renaming.
    pub(super) remove: bool,
}

/// The list of users.
pub(super) struct Gate {
    users: Vec<Account>,
    rules: Arc<Rules>,
}

struct Account {
    name: String,
    password: Option<String>,
    keys: Vec<PublicKey>,
    writable: bool,
}

impl Gate {
    pub(super) fn new(users: Vec<User>, rules: Arc<Rules>) -> Result<Self, StartError> {
        let users = users.into_iter().map(account).collect::<Result<_, _>>()?;
        Ok(Self { users, rules })
    }

    /// The ways to log in that are offered.
    pub(super) fn methods(&self) -> MethodSet {
        let mut methods = MethodSet::empty();
        if self.users.iter().any(|user| !user.keys.is_empty()) {
            methods.push(MethodKind::PublicKey);
        }
        if methods.is_empty() || self.users.iter().any(|user| user.password.is_some()) {
            methods.push(MethodKind::Password);
        }
        methods
    }

    /// What the holder of a password may do; nothing at all when it is wrong.
    pub(super) fn password(&self, name: &str, password: &str) -> Option<Rights> {
        let known = self.user(name).filter(|user| {
            let expected = user.password.as_deref();
            expected.is_some_and(|expected| self.fits(expected, password))
        });
        known
            .map(|user| self.rights(user))
            .or_else(|| self.anonymous(name))
    }

    /// What the holder of a key may do.
    pub(super) fn key(&self, name: &str, key: &PublicKey) -> Option<Rights> {
        let any = self.rules.has(Fault::AnySecretAccepted);
        let known = self.user(name).filter(|user| {
            let mut keys = user.keys.iter();
            keys.any(|known| any || known.key_data() == key.key_data())
        });
        known.map(|user| self.rights(user))
    }

    /// What somebody without a secret may do.
    pub(super) fn anonymous(&self, name: &str) -> Option<Rights> {
        let rights = Rights {
            read: self.rules.has(Fault::AnonymousRead),
            list: self.rules.has(Fault::AnonymousList),
            write: self.rules.has(Fault::AnonymousWrite),
            remove: false,
        };
        let some = rights.read || rights.list || rights.write;
        (some && name == ANONYMOUS).then_some(rights)
    }

    fn user(&self, name: &str) -> Option<&Account> {
        self.users.iter().find(|user| user.name == name)
    }

    fn rights(&self, user: &Account) -> Rights {
        let put_only = self.rules.varies(Variation::PutOnly);
        let write = user.writable && !self.rules.has(Fault::WriteRefused);
        Rights {
            read: !put_only,
            list: !put_only && !self.rules.varies(Variation::ListDenied),
            write,
            remove: write && !put_only,
        }
    }

    fn fits(&self, expected: &str, received: &str) -> bool {
        let shaped = |password: &str| {
            let mut password = password.to_owned();
            if self.rules.has(Fault::SecretCaseIgnored) {
                password = password.to_lowercase();
            }
            if self.rules.has(Fault::SecretCut) {
                password = password.chars().take(COMPARED).collect();
            }
            password
        };
        self.rules.has(Fault::AnySecretAccepted) || shaped(expected) == shaped(received)
    }
}

fn account(user: User) -> Result<Account, StartError> {
    let lines = user.authorized_keys.iter();
    let keys = lines.map(|line| PublicKey::from_openssh(line.trim()));
    let keys = keys.collect::<Result<_, _>>();
    Ok(Account {
        keys: keys.map_err(|_| StartError::AuthorizedKey {
            user: user.name.clone(),
        })?,
        name: user.name,
        password: user.password,
        writable: user.writable,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    use super::*;

    const OWN: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2pr+Bfus1hvPof4Wb/plZCzSbqadHH0u+/f4ODtKnE";

    fn gate(faults: &[Fault], variations: &[Variation]) -> Gate {
        let user = |name: &str, password: Option<&str>, keys: &[&str]| User {
            name: name.to_owned(),
            password: password.map(ToOwned::to_owned),
            authorized_keys: keys
                .iter()
                .map(|key| format!("{key} of a test\n"))
                .collect(),
            writable: true,
        };
        let users = vec![
            user("aoife", Some("Correct-horse"), &[]),
            user("bram", None, &[OWN]),
        ];
        let rules = Rules::new(
            faults.iter().copied().collect(),
            variations.iter().copied().collect(),
        );
        Gate::new(users, Arc::new(rules)).unwrap()
    }

    #[test]
    fn a_wrong_secret_or_another_users_opens_nothing() {
        let gate = gate(&[], &[]);
        assert!(gate.password("aoife", "Correct-horse").is_some());
        for (name, password) in [
            ("aoife", "correct-horse"),
            ("aoife", "Correct-horsE"),
            ("aoife", ""),
            ("bram", "Correct-horse"),
            ("bram", ""),
            ("anonymous", "x"),
        ] {
            assert_eq!(gate.password(name, password), None, "{name} {password}");
        }
        let key = |line| PublicKey::from_openssh(line).unwrap();
        assert!(gate.key("bram", &key(OWN)).is_some());
        assert!(gate.key("bram", &key(OTHER)).is_none() && gate.key("aoife", &key(OWN)).is_none());
    }

    #[test]
    fn each_fault_of_secrets_lets_in_its_own_wrong_password_and_no_other() {
        let wrong = ["CORRECT-HORSE", "Correct-mule", "nothing"];
        let let_in = |fault| {
            let gate = gate(&[fault], &[]);
            wrong.map(|password| gate.password("aoife", password).is_some())
        };
        assert_eq!(let_in(Fault::SecretCaseIgnored), [true, false, false]);
        assert_eq!(let_in(Fault::SecretCut), [false, true, false]);
        assert_eq!(let_in(Fault::AnySecretAccepted), [true, true, true]);
        let any = gate(&[Fault::AnySecretAccepted], &[]);
        let key = PublicKey::from_openssh(OTHER).unwrap();
        assert!(any.key("bram", &key).is_some() && any.key("aoife", &key).is_none());
        assert!(any.password("nobody", "nothing").is_none());
    }

    #[test]
    fn anonymous_may_do_what_its_fault_says() {
        let gate = gate(&[Fault::AnonymousList], &[]);
        let rights = gate.anonymous("anonymous").unwrap();
        assert!(rights.list && !rights.read && !rights.write && !rights.remove);
        assert!(gate.anonymous("aoife").is_none());
    }

    #[test]
    fn variations_take_rights_and_keep_writing() {
        let rights = |variation| {
            let gate = gate(&[], &[variation]);
            gate.password("aoife", "Correct-horse").unwrap()
        };
        let denied = rights(Variation::ListDenied);
        assert!(denied.read && !denied.list && denied.write && denied.remove);
        let put_only = rights(Variation::PutOnly);
        assert!(!put_only.read && !put_only.list && put_only.write && !put_only.remove);
    }

    #[test]
    fn only_methods_that_somebody_can_use_are_offered() {
        let methods = gate(&[], &[]).methods();
        assert_eq!(*methods, [MethodKind::PublicKey, MethodKind::Password]);
        let rules = Rules::new(BTreeSet::new(), BTreeSet::new());
        let empty = Gate::new(vec![], Arc::new(rules)).unwrap();
        assert_eq!(*empty.methods(), [MethodKind::Password]);
    }
}
