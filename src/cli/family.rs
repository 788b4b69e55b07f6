//! Which requirements a name on the command line means: itself, or all of a family.

/// The ids that are meant, each once, of ids with their prerequisites: a name that is no id stays, for the plan to refuse.
pub fn members(named: &[String], known: &[(&str, &str)]) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    for name in named {
        let named = |(id, of): &&(&str, &str)| is_of(id, name) || is_of(of, name);
        let family = known.iter().filter(named);
        let mut family: Vec<String> = family.map(|(id, _)| (*id).to_owned()).collect();
        if family.is_empty() {
            family.push(name.clone());
        }
        family.retain(|id| !members.contains(id));
        members.extend(family);
    }
    members
}

/// Whether an id is that name or begins with it: `STR-1a.02` is of `STR-1a`, of `STR-1` and of `STR`, not of `STR-1a.0`.
fn is_of(id: &str, name: &str) -> bool {
    let Some((start, rest)) = id.split_at_checked(name.len()) else {
        return false;
    };
    let whole = match rest.chars().next() {
        None | Some('.') => true,
        Some('-') => name.bytes().all(|b| b.is_ascii_alphabetic()),
        Some(next) => name.ends_with(|c: char| c.is_ascii_digit()) && next.is_ascii_lowercase(),
    };
    start.eq_ignore_ascii_case(name) && whole
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(&str, &str); 7] = [
        ("STR-1.01", "STR-1"),
        ("STR-1.10", "STR-1"),
        ("STR-1a.01", "STR-1a"),
        ("STR-2.01", "STR-2"),
        ("STR-2.OAUTH2.01", "STR-2"),
        ("META-01", "STR-3"),
        ("PAR-1.01", "PAR-1"),
    ];

    fn selected(named: &[&str]) -> Vec<String> {
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        members(&named, &KNOWN)
    }

    #[test]
    fn a_prerequisite_selects_its_family() {
        assert_eq!(selected(&["STR-1"]), ["STR-1.01", "STR-1.10", "STR-1a.01"]);
        assert_eq!(selected(&["str-1a"]), ["STR-1a.01"]);
        assert_eq!(selected(&["STR-2.OAUTH2"]), ["STR-2.OAUTH2.01"]);
        assert_eq!(selected(&["STR-3"]), ["META-01"]);
        assert_eq!(selected(&["PAR"]), ["PAR-1.01"]);
    }

    #[test]
    fn an_id_selects_itself_once_and_a_part_of_one_nothing() {
        assert_eq!(
            selected(&["STR-1.01", "STR-1"]),
            ["STR-1.01", "STR-1.10", "STR-1a.01"]
        );
        assert_eq!(selected(&["STR-1.1"]), ["STR-1.1"]);
        assert_eq!(selected(&["ST"]), ["ST"]);
    }
}
