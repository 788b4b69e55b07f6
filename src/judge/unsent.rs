//! What had to be stored and was never sent.

use serde_json::Value;

use crate::model::profile::Profile;
use crate::model::record::Exchange;
use crate::model::submission::Part;

/// What had to be stored and is named by no message: the template does not send it. Only names that no encoding changes
/// can be said to be missing. Of attributes it is `differing` alone that was not stored as sent, where one is known.
pub fn unsent(
    part: Part,
    differing: Option<&str>,
    profile: &Profile,
    deliveries: &[&Exchange],
    alias: impl Fn(&str, &str) -> String,
) -> Option<String> {
    let bodies: Vec<&str> = deliveries
        .iter()
        .filter_map(|e| e.request()?.body.text())
        .collect();
    let names: Vec<String> = match part {
        Part::Membership => profile
            .memberships()
            .map(|(namespace, id, _)| alias(namespace, id))
            .collect(),
        Part::Identities => profile.identities().map(|(_, id)| id.to_owned()).collect(),
        Part::Attributes => {
            let attributes = profile.attributes.iter();
            let meant = attributes.filter(|(name, value)| match differing {
                Some(differing) => name == differing,
                // a message may leave out what has no value
                None => value.is_some(),
            });
            let named = meant.flat_map(|(name, value)| {
                let value = value.as_ref().and_then(Value::as_str);
                [Some(name.as_str()), value.filter(|text| !text.is_empty())]
            });
            named.flatten().map(str::to_owned).collect()
        }
    };
    let plain = |name: &String| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.@".contains(&b);
        name.bytes().all(fits)
    };
    let missing = |name: &String| !bodies.iter().any(|body| body.contains(name.as_str()));
    let mut names = names.into_iter();
    names.find(|name| plain(name) && !bodies.is_empty() && missing(name))
}
