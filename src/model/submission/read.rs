//! Reads `submission.toml` and the files it names.

use std::sync::Arc;

use crate::model::profile_json;
use crate::model::requirement::Edition;
use crate::model::sdk::Role;
use crate::model::sdk::literal::hide_unread;
use crate::model::source::fields::Fields;
use crate::model::source::reader::{Cursor, Reader, Strictness};
use crate::model::source::tree::Value;
use crate::model::source::{Problem, Severity, Source, toml};
use crate::model::submission::read_destination;
use crate::model::submission::{
    Attestation, Credential, CredentialName, CredentialValue, Files, NOT_TEXT, Partner,
    PartnerKind, SecretSource, Submission, TestProfiles,
};

/// The files of a submission, and what is wrong with those read so far.
pub(crate) struct Shelf<'a> {
    files: &'a dyn Files,
    pub(crate) problems: Vec<Problem>,
}

/// Reads a submission: `name` is shown in problems, `files` reads what it names.
///
/// On success, the warnings beside it.
///
/// # Errors
/// Every problem found, in order of file and text; at least one is an error.
pub fn parse(
    name: &str,
    text: &str,
    files: &dyn Files,
) -> Result<(Submission, Vec<Problem>), Vec<Problem>> {
    let source = Source::new(name, text);
    let (node, mut problems) = toml::parse(&source);
    if node.is_none() {
        hide_unread(&source);
    }
    let mut shelf = Shelf {
        files,
        problems: Vec::new(),
    };
    let submission = node.and_then(|node| {
        let reader = Reader::new(&source, Strictness::OWN);
        let submission = root(&reader.root(&node), &source, &mut shelf);
        problems.extend(reader.finish());
        submission
    });
    problems.extend(shelf.problems);
    match submission {
        Some(submission) if !problems.iter().any(Problem::is_error) => Ok((submission, problems)),
        Some(_) | None => Err(problems),
    }
}

fn root(root: &Cursor<'_>, source: &Arc<Source>, shelf: &mut Shelf<'_>) -> Option<Submission> {
    let fields = root.object()?;
    let partner = fields.need("partner").and_then(|c| partner(&c));
    let attestations = fields.get("attestation").and_then(|c| c.array());
    let attestations = attestations.iter().flatten();
    let attestations: Vec<Attestation> = attestations.filter_map(|c| attestation(c)).collect();
    let editions = [
        ("e1", Edition::E1),
        ("e2", Edition::E2),
        ("e3", Edition::E3),
        ("e4", Edition::E4),
    ];
    let edition = fields.get("edition").and_then(|c| c.one_of(&editions));
    let destinations = fields.need("destination").and_then(|c| c.array());
    let destinations = destinations.unwrap_or_default();
    let mut read = Vec::new();
    for (at, cursor) in destinations.iter().enumerate() {
        same_name(cursor, &destinations[..at]);
        read.extend(read_destination::read(cursor, shelf));
    }
    fields.finish();
    Some(Submission {
        source: Arc::clone(source),
        partner: partner?,
        attestations,
        edition: edition.unwrap_or(Edition::E4),
        destinations: read,
    })
}

/// Names of destinations are unique: scenarios and reports go by them.
fn same_name(cursor: &Cursor<'_>, earlier: &[Cursor<'_>]) {
    let Some(name) = cursor
        .node
        .get("name")
        .filter(|n| matches!(n.value, Value::String(_)))
    else {
        return;
    };
    if earlier.iter().any(|other| {
        other
            .node
            .get("name")
            .is_some_and(|n| n.value == name.value)
    }) {
        let place = cursor.reader().place(name.span.clone());
        cursor.reader().report(place.error(
            format!("the name {} is given twice", name.to_json()),
            "give each destination a name of its own",
        ));
    }
}

fn partner(cursor: &Cursor<'_>) -> Option<Partner> {
    let kinds = [
        ("isv", PartnerKind::Isv),
        ("si", PartnerKind::Si),
        ("customer", PartnerKind::Customer),
    ];
    let fields = cursor.object()?;
    let name = fields.need("name").and_then(|c| c.text());
    let kind = fields.need("kind").and_then(|c| c.one_of(&kinds));
    let contact = fields.need("contact").and_then(|c| {
        let text = c.text()?;
        if !text.contains('@') {
            c.error(
                format!("expected a mail address, received `{text}`"),
                "write an address such as `integrations@example.com`",
            );
        }
        Some(text)
    });
    fields.finish();
    Some(Partner {
        name: name?,
        kind: kind?,
        contact: contact?,
    })
}

fn attestation(cursor: &Cursor<'_>) -> Option<Attestation> {
    let fields = cursor.object()?;
    let text = |key| fields.need(key).and_then(|c| c.text());
    let requirement = fields.need("requirement").and_then(|c| {
        let id = c.text()?;
        if !id.starts_with("PAR-") {
            let what = format!("expected a requirement that is attested, received `{id}`");
            c.warning(
                what,
                "write `PAR-1` or `PAR-2`: what can be tested is tested, and nothing stands for it",
            );
        }
        Some(id)
    });
    let statement = text("statement");
    let by = text("by");
    let on = fields.need("on").and_then(|c| date(&c));
    let valid_until = fields.get("valid_until").and_then(|c| date(&c));
    let document = fields.get("document").and_then(|c| c.text());
    fields.finish();
    Some(Attestation {
        requirement: requirement?,
        statement: statement?,
        by: by?,
        on: on?,
        valid_until,
        document,
        place: cursor.place(),
    })
}

/// A date as TOML has it, or as a string.
fn date(cursor: &Cursor<'_>) -> Option<String> {
    let text = match &cursor.node.value {
        Value::Date(text) => text.clone(),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => cursor.text()?,
    };
    if text.len() != 10 || text.parse::<jiff::civil::Date>().is_err() {
        cursor.error(
            format!("expected a date, received `{text}`"),
            "write a date such as `2026-11-02`",
        );
        return None;
    }
    Some(text)
}

impl Shelf<'_> {
    /// How bad a secret is that stands in posted JSON.
    pub(crate) fn literal_secrets(&self) -> Severity {
        self.files.literal_secrets()
    }

    /// The file that a key names.
    pub(crate) fn open(&mut self, cursor: &Cursor<'_>) -> Option<Arc<Source>> {
        let path = cursor.text()?;
        match self.files.read(&path) {
            Ok(text) => Some(Source::at(path.clone(), self.files.shown(&path), text)),
            Err(error) => {
                let is_certificate = cursor.pointer.ends_with("/ca_file");
                let help = match (error.as_str(), is_certificate) {
                    (NOT_TEXT, true) => {
                        "give the certificate as PEM: `openssl x509 -inform der -in FILE -out ca.pem` makes it of DER"
                    }
                    (NOT_TEXT, false) => "save the file as UTF-8",
                    _ => "paths are relative to the folder of the submission",
                };
                cursor.error(format!("cannot read `{path}`: {error}"), help);
                None
            }
        }
    }

    /// What posted JSON the file that a key names is, where it can be read.
    pub(crate) fn role(&self, cursor: &Cursor<'_>) -> Option<Role> {
        let Value::String(path) = &cursor.node.value else {
            return None;
        };
        let text = self.files.read(path).ok()?;
        Role::of(&Source::new(path, text))
    }

    /// The test profiles that a key names.
    pub(crate) fn profiles(&mut self, fields: &Fields<'_>) -> Option<TestProfiles> {
        let source = self.open(&fields.get("profiles")?)?;
        let (profiles, problems) = profile_json::read(&source);
        self.problems.extend(problems);
        Some(TestProfiles { source, profiles })
    }

    /// Reports each secret that cannot be had; one without a name is of a customer data field. The file of a refresh token
    /// comes by a login, where that is given.
    pub(crate) fn lacking<'c>(
        &mut self,
        credentials: impl Iterator<Item = (Option<CredentialName>, &'c Credential)>,
        login: Option<&str>,
    ) {
        for (name, credential) in credentials {
            if let CredentialValue::Secret(source) = &credential.value
                && let Some((message, help)) = self.files.lacks(name, source)
            {
                let is_kept = name == Some(CredentialName::RefreshToken)
                    && matches!(source, SecretSource::File(_));
                let help = login.filter(|_| is_kept).map_or(help, str::to_owned);
                self.problems.push(credential.place.error(message, help));
            }
        }
    }
}
