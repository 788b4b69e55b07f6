//! The pages that a requirement's source names: Adobe's by title, RFCs by number and section.

use serde::Serialize;

/// Where Adobe's documentation of destinations begins.
const ADOBE: &str = "https://experienceleague.adobe.com/en/docs/experience-platform/destinations/";

/// Adobe's pages by their titles, as sources begin with them; the longer title first where one begins with another.
const PAGES: &[(&str, &str)] = &[
    (
        "Aggregation policy",
        "destination-sdk/functionality/destination-configuration/aggregation-policy",
    ),
    ("Amazon S3", "catalog/cloud-storage/amazon-s3"),
    (
        "Audience metadata configuration",
        "destination-sdk/functionality/destination-configuration/audience-metadata-configuration",
    ),
    (
        "Audience metadata management",
        "destination-sdk/functionality/audience-metadata-management",
    ),
    ("Azure Blob", "catalog/cloud-storage/azure-blob"),
    ("Azure Data Lake", "catalog/cloud-storage/adls-gen2"),
    (
        "Batch configuration",
        "destination-sdk/functionality/destination-configuration/batch-configuration",
    ),
    (
        "Customer authentication",
        "destination-sdk/functionality/destination-configuration/customer-authentication",
    ),
    (
        "Customer data fields",
        "destination-sdk/functionality/destination-configuration/customer-data-fields",
    ),
    (
        "Data Landing Zone",
        "catalog/cloud-storage/data-landing-zone",
    ),
    ("Destination SDK overview", "destination-sdk/overview"),
    (
        "Destination delivery",
        "destination-sdk/functionality/destination-configuration/destination-delivery",
    ),
    (
        "File configuration",
        "destination-sdk/functionality/destination-server/file-formatting",
    ),
    (
        "File name configuration",
        "destination-sdk/functionality/destination-configuration/batch-configuration",
    ),
    (
        "Google Cloud Storage",
        "catalog/cloud-storage/google-cloud-storage",
    ),
    ("Guardrails", "guardrails"),
    (
        "Identity namespace configuration",
        "destination-sdk/functionality/destination-configuration/identity-namespace-configuration",
    ),
    (
        "Integration prerequisites",
        "destination-sdk/integration-prerequisites",
    ),
    (
        "Message format",
        "destination-sdk/functionality/destination-server/message-format",
    ),
    (
        "OAuth 2 authorization",
        "destination-sdk/functionality/destination-configuration/oauth2-authorization",
    ),
    (
        "Profile export behavior",
        "how-destinations-work/profile-export-behavior",
    ),
    (
        "Rate limiting and retry policy",
        "destination-sdk/functionality/rate-limiting-retry-policy",
    ),
    ("SFTP", "catalog/cloud-storage/sftp"),
    (
        "Schema configuration",
        "destination-sdk/functionality/destination-configuration/schema-configuration",
    ),
    (
        "Server specs",
        "destination-sdk/functionality/destination-server/server-specs",
    ),
    (
        "Submit a destination",
        "destination-sdk/guides/submit-destination",
    ),
    (
        "Supported functions",
        "destination-sdk/functionality/destination-server/supported-functions",
    ),
    (
        "Supported transformation functions",
        "destination-sdk/functionality/destination-server/supported-functions",
    ),
    (
        "Templating specs",
        "destination-sdk/functionality/destination-server/templating-specs",
    ),
];

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it is called.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// The pages that a source names, each once, in its order.
pub fn links(source: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for part in source.split(';').map(str::trim) {
        let found = part
            .strip_prefix("Adobe: ")
            .map_or_else(|| rfcs(part), |title| adobe(title).into_iter().collect());
        for link in found {
            if !links.contains(&link) {
                links.push(link);
            }
        }
    }
    links
}

fn adobe(title: &str) -> Option<Link> {
    let (name, path) = PAGES.iter().find(|(name, _)| title.starts_with(name))?;
    Some(Link {
        title: format!("Adobe: {name}"),
        url: format!("{ADOBE}{path}"),
    })
}

/// The page of each RFC that a text names, at the first section that it names of it.
fn rfcs(text: &str) -> Vec<Link> {
    let parts = text.split("RFC ").skip(1);
    let link = |part: &str| {
        let digits = |text: &str| -> String {
            let kept = text.chars();
            let kept = kept.take_while(|c| c.is_ascii_digit() || *c == '.');
            kept.collect::<String>().trim_end_matches('.').to_owned()
        };
        let number = digits(part);
        let rest = part.get(number.len()..).unwrap_or_default();
        let named = ["section ", "sections "].iter();
        let mut named = named.filter_map(|word| rest.trim_start().strip_prefix(word));
        let section = named.next().map(digits).unwrap_or_default();
        let (anchor, said) = match section.is_empty() {
            true => (String::new(), String::new()),
            false => (format!("#section-{section}"), format!(", {section}")),
        };
        Link {
            title: format!("RFC {number}{said}"),
            url: format!("https://www.rfc-editor.org/rfc/rfc{number}{anchor}"),
        }
    };
    parts.map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(source: &str) -> Vec<String> {
        links(source).into_iter().map(|link| link.url).collect()
    }

    #[test]
    fn each_rfc_of_a_source_is_linked_at_its_first_section() {
        let expected = [
            "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
            "https://www.rfc-editor.org/rfc/rfc9525",
        ];
        assert_eq!(
            urls("Adobe: not documented; RFC 9110 sections 15.5.2, 11.6.1; RFC 9525"),
            expected
        );
        assert!(links("good practice").is_empty());
    }

    #[test]
    fn adobes_pages_are_found_by_their_titles() {
        let [url] = urls("Adobe: Message format, identities; Message format")
            .try_into()
            .unwrap_or_default();
        assert!(url.ends_with("destination-server/message-format"), "{url}");
    }
}
