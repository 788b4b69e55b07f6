//! The message format of the reference destinations, read strictly.

pub(crate) mod timestamp;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::setup::DestinationSetup;

/// A message: several profiles, or one.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) group: Option<Group>,
    pub(crate) profiles: Vec<Profile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    group: Option<Group>,
    profiles: Vec<Profile>,
}

/// The audience that all profiles of a grouped message share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) namespace: String,
    pub(crate) id: String,
    pub(crate) status: String,
}

/// One profile of a message.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) identities: Vec<Identity>,
    pub(crate) audiences: Changes,
    #[serde(default)]
    pub(crate) attributes: Map<String, Value>,
}

/// A namespace and a value in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    #[serde(rename = "type")]
    pub(crate) namespace: String,
    pub(crate) id: String,
}

/// Audiences entered and left.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    pub(crate) add: Vec<Membership>,
    pub(crate) remove: Vec<Membership>,
}

/// Audience namespace and id.
pub(crate) type Audience = (String, String);

/// One audience of a profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    pub(crate) namespace: String,
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) time: String,
}

impl Message {
    /// Reads a body: `{"profiles": […]}` or one profile.
    pub(crate) fn read(body: &Value) -> Result<Self, Answer> {
        let shape = |error: serde_json::Error| {
            Answer::error(StatusCode::BAD_REQUEST, "wrong_shape", &error.to_string())
        };
        if body.get("profiles").is_some() {
            let batch = Batch::deserialize(body).map_err(shape)?;
            return Ok(Self {
                group: batch.group,
                profiles: batch.profiles,
            });
        }
        Ok(Self {
            group: None,
            profiles: vec![Profile::deserialize(body).map_err(shape)?],
        })
    }

    /// Refuses what a destination of this set-up has to refuse.
    pub(crate) fn validate(&self, setup: &DestinationSetup) -> Result<(), Answer> {
        if self.profiles.len() > setup.max_profiles {
            let message = format!(
                "expected at most {} profiles, received {}",
                setup.max_profiles,
                self.profiles.len()
            );
            return Err(Answer::error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_many_profiles",
                &message,
            ));
        }
        if self.profiles.is_empty() {
            return refuse("no_profiles", "expected at least one profile");
        }
        if self.profiles.iter().all(Profile::is_nobody) {
            return refuse("no_identity", "no profile has an identity");
        }
        self.profiles.iter().try_for_each(|profile| {
            profile.validate(setup)?;
            self.group
                .as_ref()
                .map_or(Ok(()), |group| group.covers(profile))
        })
    }

    /// The profiles before the first that has to be refused.
    pub(crate) fn until_refused(mut self, setup: &DestinationSetup) -> Self {
        let refused = |profile: &Profile| profile.is_nobody() || profile.validate(setup).is_err();
        if let Some(end) = self.profiles.iter().position(refused) {
            self.profiles.truncate(end);
        }
        self
    }
}

impl Group {
    fn covers(&self, profile: &Profile) -> Result<(), Answer> {
        let (mine, other) = match self.status.as_str() {
            "exited" => (&profile.audiences.remove, &profile.audiences.add),
            _ => (&profile.audiences.add, &profile.audiences.remove),
        };
        let same = |entry: &Membership| entry.namespace == self.namespace && entry.id == self.id;
        match other.is_empty() && !mine.is_empty() && mine.iter().all(same) {
            true => Ok(()),
            false => refuse(
                "mixed_group",
                "a profile has audiences other than that of the group",
            ),
        }
    }
}

impl Profile {
    /// Whether the profile has no identity: a message may hold such ones besides others, and they are left out.
    pub(crate) fn is_nobody(&self) -> bool {
        self.identities.is_empty()
    }

    fn validate(&self, setup: &DestinationSetup) -> Result<(), Answer> {
        self.identities
            .iter()
            .try_for_each(|identity| identity.validate(setup))?;
        self.validate_groups(setup)?;
        for (entries, statuses) in [
            (&self.audiences.add, &["realized", "existing"][..]),
            (&self.audiences.remove, &["exited"]),
        ] {
            entries
                .iter()
                .try_for_each(|entry| entry.validate(setup, statuses))?;
        }
        self.validate_attributes(setup)
    }

    fn validate_groups(&self, setup: &DestinationSetup) -> Result<(), Answer> {
        let namespaces: BTreeSet<&String> = self
            .identities
            .iter()
            .map(|identity| &identity.namespace)
            .collect();
        let fits =
            |group: &Vec<String>| namespaces.iter().all(|namespace| group.contains(namespace));
        match setup.identity_groups.is_empty() || setup.identity_groups.iter().any(fits) {
            true => Ok(()),
            false => refuse(
                "mixed_identities",
                "a profile has identities of more than one group",
            ),
        }
    }

    fn validate_attributes(&self, setup: &DestinationSetup) -> Result<(), Answer> {
        if !setup.accepts_attributes && !self.attributes.is_empty() {
            return refuse(
                "attributes_not_taken",
                "this destination takes no attributes",
            );
        }
        match self
            .attributes
            .values()
            .any(|value| value.is_object() || value.is_array())
        {
            true => refuse(
                "attribute_not_scalar",
                "an attribute is an object or an array",
            ),
            false => Ok(()),
        }
    }
}

impl Identity {
    fn validate(&self, setup: &DestinationSetup) -> Result<(), Answer> {
        if !setup.namespaces.is_empty() && !setup.namespaces.contains(&self.namespace) {
            return refuse(
                "unknown_namespace",
                "an identity is of an unknown namespace",
            );
        }
        if self.id.is_empty() {
            return refuse("empty_identity", "an identity is empty");
        }
        match setup.hashed_namespaces.contains(&self.namespace) && !self.is_hash() {
            true => refuse(
                "not_hashed",
                "expected lower-case SHA-256 in hexadecimal digits",
            ),
            false => Ok(()),
        }
    }

    fn is_hash(&self) -> bool {
        self.id.len() == 64
            && self
                .id
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

impl Membership {
    /// The audience that it is about.
    pub(crate) fn audience(&self) -> Audience {
        (self.namespace.clone(), self.id.clone())
    }

    fn validate(&self, setup: &DestinationSetup, statuses: &[&str]) -> Result<(), Answer> {
        if !statuses.contains(&self.status.as_str()) {
            return refuse(
                "wrong_status",
                "an audience stands in the list of another status",
            );
        }
        if timestamp::shape(&self.time).is_none() {
            return refuse("wrong_time", "the time of an audience cannot be read");
        }
        match setup.audiences.is_empty() || setup.audiences.contains(&self.id) {
            true => Ok(()),
            false => refuse("unknown_audience", "unknown audience"),
        }
    }
}

fn refuse(code: &str, message: &str) -> Result<(), Answer> {
    Err(Answer::error(
        StatusCode::UNPROCESSABLE_ENTITY,
        code,
        message,
    ))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use serde_json::json;

    use super::*;
    use crate::emulator::rest::setup::Auth;

    fn profile() -> Value {
        json!({
            "identities": [{"type": "email", "id": "ana@example.com"}],
            "audiences": {
                "add": [{"namespace": "ups", "id": "a", "status": "realized", "time": "2026-01-01T00:00:00Z"}],
                "remove": []
            }
        })
    }

    fn code(body: &Value, setup: &DestinationSetup) -> Option<u16> {
        let answer = Message::read(body)
            .and_then(|message| message.validate(setup))
            .err()?;
        Some(answer.status.as_u16())
    }

    #[test]
    fn a_profile_is_read_alone_and_in_a_batch() {
        let setup = DestinationSetup::new("d", Auth::None);
        assert_eq!(code(&profile(), &setup), None);
        assert_eq!(code(&json!({"profiles": [profile()]}), &setup), None);
        assert_eq!(
            code(&json!({"profiles": [profile(), profile()]}), &setup),
            Some(413)
        );
        assert_eq!(code(&json!({"profiles": []}), &setup), Some(422));
    }

    #[test]
    fn a_profile_without_identities_is_taken_only_besides_others() {
        let mut setup = DestinationSetup::new("d", Auth::None);
        setup.max_profiles = 2;
        let mut nobody = profile();
        nobody["identities"] = json!([]);
        let beside = json!({"profiles": [nobody, profile()]});
        let alone = json!({"profiles": [nobody, nobody]});
        assert_eq!(code(&beside, &setup), None);
        assert_eq!(code(&alone, &setup), Some(422));
    }

    #[test]
    fn the_profiles_before_a_refused_one_can_be_told() {
        let mut setup = DestinationSetup::new("d", Auth::None);
        setup.audiences = vec!["a".to_owned()];
        let mut stranger = profile();
        stranger["audiences"]["add"][0]["id"] = json!("b");
        for (profiles, count) in [
            (json!([profile(), stranger, profile()]), 1),
            (json!([stranger, profile()]), 0),
            (json!([profile(), profile()]), 2),
        ] {
            let message = Message::read(&json!({"profiles": profiles})).unwrap();
            assert_eq!(message.until_refused(&setup).profiles.len(), count);
        }
    }

    #[test]
    fn what_has_one_flaw_is_refused() {
        let mut setup = DestinationSetup::new("d", Auth::None);
        setup.namespaces = vec![
            "email".to_owned(),
            "email_sha256".to_owned(),
            "gaid".to_owned(),
        ];
        setup.hashed_namespaces = vec!["email_sha256".to_owned()];
        setup.identity_groups = vec![
            vec!["email".to_owned()],
            vec!["gaid".to_owned(), "email_sha256".to_owned()],
        ];
        setup.audiences = vec!["a".to_owned()];
        let flaws = [
            ("/identities", json!([])),
            ("/identities/0/id", json!("")),
            ("/identities/0/type", json!("fax")),
            ("/identities/0/type", json!("email_sha256")),
            (
                "/identities",
                json!([{"type": "email", "id": "x"}, {"type": "gaid", "id": "y"}]),
            ),
            ("/audiences/add/0/id", json!("b")),
            ("/audiences/add/0/status", json!("exited")),
            ("/audiences/add/0/time", json!("yesterday")),
        ];
        assert_eq!(code(&profile(), &setup), None);
        for (pointer, flaw) in flaws {
            let mut body = profile();
            *body.pointer_mut(pointer).unwrap() = flaw.clone();
            assert_eq!(code(&body, &setup), Some(422), "{pointer} {flaw}");
        }
    }

    #[test]
    fn a_grouped_message_is_about_one_audience_and_one_status() {
        let setup = DestinationSetup::new("d", Auth::None);
        let grouped = |id: &str, status: &str| json!({"group": {"namespace": "ups", "id": id, "status": status}, "profiles": [profile()]});
        assert_eq!(code(&grouped("a", "realized"), &setup), None);
        assert_eq!(code(&grouped("b", "realized"), &setup), Some(422));
        assert_eq!(code(&grouped("a", "exited"), &setup), Some(422));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let mut body = profile();
        *body.pointer_mut("/audiences").unwrap() = json!({"add": [], "remove": [], "hold": []});
        assert_eq!(
            code(&body, &DestinationSetup::new("d", Auth::None)),
            Some(400)
        );
    }
}
