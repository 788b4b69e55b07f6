//! Reads test profiles of a partner's own: a JSON array of profiles as templates see them (reference 5.1).

use std::sync::Arc;

use crate::model::profile::{Identity, Membership, Profile, Status};
use crate::model::source::reader::{Cursor, Reader, Strictness};
use crate::model::source::tree::Value;
use crate::model::source::{Problem, Severity, Source, json};

const STATUSES: [(&str, Status); 3] = [
    ("realized", Status::Realized),
    ("existing", Status::Existing),
    ("exited", Status::Exited),
];

/// Reads profiles; problems beside them may still be errors.
pub fn read(source: &Arc<Source>) -> (Vec<Profile>, Vec<Problem>) {
    let (node, mut problems) = json::parse(source);
    let Some(node) = node else {
        return (Vec::new(), problems);
    };
    let strictness = Strictness {
        unknown: Severity::Warning,
        ..Strictness::OWN
    };
    let reader = Reader::new(source, strictness);
    let root = reader.root(&node);
    let elements = root.array();
    if elements.as_ref().is_some_and(Vec::is_empty) {
        root.error(
            "expected at least one profile, received an empty array",
            "put a profile in, or leave `profiles` out of the submission for synthetic ones",
        );
    }
    let profiles = elements.iter().flatten().filter_map(profile).collect();
    problems.extend(reader.finish());
    (profiles, problems)
}

fn profile(cursor: &Cursor<'_>) -> Option<Profile> {
    let fields = cursor.object()?;
    let membership = fields.need("segmentMembership");
    let identities = fields.need("identityMap");
    let attributes = fields.get("attributes");
    fields.finish();
    Some(Profile {
        segment_membership: membership.map_or_else(Vec::new, |c| {
            members(&c, |c| Some(members(c, membership_of)))
        }),
        identity_map: identities.map_or_else(Vec::new, |c| members(&c, identity_list)),
        attributes: attributes.map_or_else(Vec::new, |c| members(&c, attribute)),
    })
}

fn members<T>(cursor: &Cursor<'_>, read: impl Fn(&Cursor<'_>) -> Option<T>) -> Vec<(String, T)> {
    let Some(fields) = cursor.object() else {
        return Vec::new();
    };
    let all = fields.each();
    all.iter()
        .filter_map(|(member, value)| Some((member.key.clone(), read(value)?)))
        .collect()
}

fn membership_of(cursor: &Cursor<'_>) -> Option<Membership> {
    let fields = cursor.object()?;
    let time = fields.need("lastQualificationTime").and_then(|c| c.text());
    let status = fields.need("status").and_then(|c| c.one_of(&STATUSES));
    fields.finish();
    Some(Membership {
        last_qualification_time: time?,
        status: status?,
    })
}

fn identity_list(cursor: &Cursor<'_>) -> Option<Vec<Identity>> {
    let elements = cursor.array()?;
    Some(elements.iter().filter_map(identity).collect())
}

fn identity(cursor: &Cursor<'_>) -> Option<Identity> {
    let fields = cursor.object()?;
    let id = fields.need("id").and_then(|c| c.text());
    fields.finish();
    Some(Identity { id: id? })
}

/// `{ "value": v }`, `{}` or a bare value.
fn attribute(cursor: &Cursor<'_>) -> Option<Option<serde_json::Value>> {
    let Value::Object(_) = cursor.node.value else {
        return Some((!cursor.is_null()).then(|| cursor.node.to_json()));
    };
    let fields = cursor.object()?;
    let value = fields.present("value").map(|c| c.node.to_json());
    fields.finish();
    Some(value)
}
