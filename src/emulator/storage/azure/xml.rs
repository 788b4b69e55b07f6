//! Writing XML by hand, and reading a block list.

use roxmltree::Document;

/// What an XML document begins with.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

/// Which of the blocks of an id a block list means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// One that is part of the blob.
    Committed,
    /// One that waits.
    Uncommitted,
    /// One that waits, else one that is part of the blob.
    Latest,
}

/// Text as it stands in an element or an attribute.
pub(super) fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\r', "&#xD;")
}

/// The name of a blob or of a prefix: percent-encoded where XML has no way to write it.
pub(super) fn name(name: &str) -> String {
    let unwritable =
        |sign: char| (sign < ' ' && !"\t\n\r".contains(sign)) || "\u{FFFE}\u{FFFF}".contains(sign);
    if name.contains(unwritable) {
        let encoded =
            percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        return format!("<Name Encoded=\"true\">{encoded}</Name>");
    }
    format!("<Name>{}</Name>", text(name))
}

/// The ids of a block list, in order; `None` when it is none.
pub(super) fn block_list(body: &str) -> Option<Vec<(Source, String)>> {
    let document = Document::parse(body).ok()?;
    let root = document.root_element();
    if !root.has_tag_name("BlockList") {
        return None;
    }
    let elements = root.children().filter(|node| node.is_element());
    elements
        .map(|element| {
            let source = match element.tag_name().name() {
                "Committed" => Some(Source::Committed),
                "Uncommitted" => Some(Source::Uncommitted),
                "Latest" => Some(Source::Latest),
                _ => None,
            }?;
            Some((source, element.text().unwrap_or_default().trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_encoded_only_where_xml_cannot_write_them() {
        assert_eq!(name("a&<b>.csv"), "<Name>a&amp;&lt;b&gt;.csv</Name>");
        assert_eq!(name("é\u{1}"), "<Name Encoded=\"true\">%C3%A9%01</Name>");
    }

    #[test]
    fn a_block_list_keeps_its_order_and_anything_else_is_none() {
        let list = "<?xml version=\"1.0\"?><BlockList><Latest>Yg==</Latest>\n<Committed>YQ==</Committed></BlockList>";
        let expected = vec![
            (Source::Latest, "Yg==".to_owned()),
            (Source::Committed, "YQ==".to_owned()),
        ];
        assert_eq!(block_list(list), Some(expected));
        for wrong in [
            "",
            "<Other/>",
            "<BlockList><Newest>YQ==</Newest></BlockList>",
            "{}",
        ] {
            assert_eq!(block_list(wrong), None, "{wrong}");
        }
    }
}
