//! A request as a `curl` command that repeats it, for a POSIX shell, with secrets as `$VARIABLES`.

use crate::model::record::{Body, RequestRecord};
use crate::publish::report::shell::Shell;
use crate::publish::report::text;

const OPEN: &str = "⟦";
const CLOSE: char = '⟧';

/// The command, which shows the answer with its head. Where the record does not hold the body, a comment says so instead.
pub fn command(request: &RequestRecord, shell: &Shell) -> String {
    written(request, shell, "curl -sSi -w '\\n' --globoff --path-as-is")
}

/// The command that prints the body of the answer alone.
pub fn quiet(request: &RequestRecord, shell: &Shell) -> String {
    written(request, shell, "curl -sS --globoff --path-as-is")
}

fn written(request: &RequestRecord, shell: &Shell, curl: &str) -> String {
    if let Some(unkept) = unkept(&request.body, shell) {
        return unkept;
    }
    let mut arguments = vec![curl.to_owned()];
    arguments.extend(shell.authority().filter(|_| is_encrypted(request)));
    arguments.push(method(request, shell));
    let headers = request.headers.iter();
    arguments.extend(headers.filter_map(|(n, v)| header(n, v, shell)));
    let has_type = request
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let (before, data) = match form(request, shell) {
        Some(fields) => (String::new(), fields),
        None => body(&request.body, shell),
    };
    if !data.is_empty() && !has_type {
        arguments.push(String::from("-H 'Content-Type:'"));
    }
    arguments.extend(data);
    arguments.push(format!("--url {}", quote(&text::line(&request.url), shell)));
    format!("{before}{}", arguments.join(" \\\n  "))
}

fn is_encrypted(request: &RequestRecord) -> bool {
    request.url.starts_with("https:")
}

/// Quotes a text for a POSIX shell; recorded secret tokens become expansions of variables.
fn quote(text: &str, shell: &Shell) -> String {
    let mut out = String::new();
    for part in parts(text) {
        match part {
            Part::Secret(name) => out.push_str(&shell.expansion(name)),
            Part::Text(text) => out.push_str(&single(text)),
        }
    }
    if out.is_empty() {
        out.push_str("''");
    }
    out
}

enum Part<'a> {
    /// The name of a secret.
    Secret(&'a str),
    Text(&'a str),
}

fn method(request: &RequestRecord, shell: &Shell) -> String {
    if request.method == "HEAD" {
        String::from("--head")
    } else {
        format!("-X {}", quote(&text::line(&request.method), shell))
    }
}

fn header(name: &str, value: &str, shell: &Shell) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if matches!(lower.as_str(), "host" | "content-length") || lower.starts_with(':') {
        return None;
    }
    if lower == "authorization"
        && let Some(credentials) = value.strip_prefix("Basic ")
        && let [Part::Secret(name)] = parts(credentials).as_slice()
    {
        return Some(shell.basic(name));
    }
    if value.is_empty() {
        return Some(format!(
            "-H {}",
            quote(&text::line(&format!("{name};")), shell)
        ));
    }
    Some(format!(
        "-H {}",
        quote(&text::line(&format!("{name}: {value}")), shell)
    ))
}

/// The fields of a form that holds secrets: `curl` encodes the values that the shell puts in their place.
fn form(request: &RequestRecord, shell: &Shell) -> Option<Vec<String>> {
    let is_form = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("content-type")
            && value.starts_with("application/x-www-form-urlencoded")
    };
    let Body::Text(text) = &request.body else {
        return None;
    };
    if !text.contains(OPEN) || text.starts_with('@') || !request.headers.iter().any(is_form) {
        return None;
    }
    let field = |field: &str| {
        let encoded = match field.contains(OPEN) && field.contains('=') {
            true => "--data-urlencode",
            false => "--data-raw",
        };
        format!("{encoded} {}", quote(&text::line(field), shell))
    };
    Some(text.split('&').map(field).collect())
}

/// Says of a body that no record holds how it is sent again.
fn unkept(body: &Body, shell: &Shell) -> Option<String> {
    let why = match body {
        Body::Empty | Body::Text(_) | Body::Base64(_) => return None,
        Body::Digest { bytes, sha256 } => {
            format!("{bytes} bytes, SHA-256 {sha256}: too many for the record")
        }
        Body::Withheld(withheld) => {
            format!("{} bytes, withheld: they may hold a token", withheld.bytes)
        }
    };
    Some(format!(
        "# its body is not kept ({why});\n# `{}` makes and sends it again",
        shell.again()
    ))
}

/// What stands before the command, and the argument that names the body.
fn body(body: &Body, shell: &Shell) -> (String, Vec<String>) {
    let piped = || vec![String::from("--data-binary @-")];
    match body {
        Body::Empty | Body::Digest { .. } | Body::Withheld(_) => (String::new(), Vec::new()),
        Body::Text(text) if is_plain(text) => (
            String::new(),
            vec![format!("--data-binary {}", quote(text, shell))],
        ),
        Body::Text(text) => (format!("{} | ", printf(text, shell)), piped()),
        Body::Base64(base64) => (
            format!(
                "printf '%s' {} | base64 -d | ",
                quote(&text::line(base64), shell)
            ),
            piped(),
        ),
    }
}

/// A leading `@` would name a file; a line break would not survive a report's indent, nor a control character a terminal.
fn is_plain(body: &str) -> bool {
    !body.starts_with('@') && !body.chars().any(text::is_deceptive)
}

/// `printf` writes any byte; `%b` reads octal escapes (POSIX), `%s` passes secrets through.
fn printf(body: &str, shell: &Shell) -> String {
    let mut format = String::new();
    let mut arguments = String::new();
    for part in parts(body) {
        arguments.push(' ');
        match part {
            Part::Secret(name) => {
                format.push_str("%s");
                arguments.push_str(&shell.expansion(name));
            }
            Part::Text(text) => {
                format.push_str("%b");
                arguments.push_str(&single(&octal(text)));
            }
        }
    }
    format!("printf '{format}'{arguments}")
}

fn octal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c == '\\' {
            out.push_str("\\\\");
        } else if c == '\n' {
            out.push_str("\\n");
        } else if text::is_deceptive(c) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("\\0{byte:03o}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A word of a command, quoted where a shell would read something else.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => single(text),
    }
}

pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Splits at secret tokens: of `⟦secret:client_secret#ab12⟧` the name is `client_secret`.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        let after = &rest[start + OPEN.len()..];
        let Some(end) = after.find(CLOSE) else { break };
        let Some(name) = secret(&after[..end]) else {
            break;
        };
        if start > 0 {
            parts.push(Part::Text(&rest[..start]));
        }
        parts.push(Part::Secret(name));
        rest = &after[end + CLOSE.len_utf8()..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn secret(token: &str) -> Option<&str> {
    if token == "redacted" {
        return Some(token);
    }
    let name = token.strip_prefix("secret:")?;
    Some(name.split('#').next().unwrap_or(name))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::model::digest::Digest;

    fn request(headers: &[(&str, &str)], body: Body) -> RequestRecord {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        RequestRecord {
            method: "POST".to_owned(),
            url: "https://api.moonshine.example/v1?a=[1]&b='x".to_owned(),
            headers: headers.iter().map(owned).collect(),
            body,
        }
    }

    /// Runs the command with a `curl` that prints its arguments between bars and then what it reads.
    fn run(command: &str) -> String {
        let script = format!(
            "curl() {{ for a in \"$@\"; do printf '|%s|' \"$a\"; [ \"$a\" = @- ] && cat; done; :; }}\n{command}\n"
        );
        let output = Command::new("sh")
            .args(["-c", &script])
            .env("TOKEN", "t'0k\"en $x")
            .env("CLIENT_SECRET", "s3\\cret")
            .output()
            .unwrap();
        assert!(output.status.success(), "{script}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn quotes_and_expansions_in_the_data_reach_curl_as_they_are() {
        let hostile = "it's \"$(touch /tmp/x)\" `id` $HOME \\ !";
        let said = run(&command(
            &request(
                &[
                    ("authorization", "Bearer ⟦secret:token#1f2e⟧"),
                    ("x-a", hostile),
                ],
                Body::Text(hostile.to_owned()),
            ),
            &Shell::default(),
        ));
        assert!(
            said.contains("|authorization: Bearer t'0k\"en $x|"),
            "{said}"
        );
        assert!(said.contains(&format!("|x-a: {hostile}|")), "{said}");
        assert!(
            said.contains(&format!("|--data-binary||{hostile}|")),
            "{said}"
        );
        assert!(said.contains("|--url||https://api.moonshine.example/v1?a=[1]&b='x|"));
    }

    #[test]
    fn a_body_with_control_characters_goes_through_printf() {
        let body = "@a\nb\t\u{0}\u{1b}\\n⟦secret:client_secret#00ff⟧'z\u{202e}";
        let said = run(&command(
            &request(&[], Body::Text(body.to_owned())),
            &Shell::default(),
        ));
        assert!(
            said.contains("|@-|@a\nb\t\u{0}\u{1b}\\ns3\\cret'z\u{202e}"),
            "{said}"
        );
    }

    #[test]
    fn a_masked_basic_header_asks_for_user_name_and_password() {
        let text = command(
            &request(
                &[("Authorization", "Basic ⟦secret:password#1f2e⟧")],
                Body::Empty,
            ),
            &Shell::default(),
        );
        assert!(text.contains("-u \"$USERNAME:$PASSWORD\""), "{text}");
        let text = command(
            &request(
                &[("Authorization", "Basic ⟦secret:client_secret#1f2e⟧")],
                Body::Empty,
            ),
            &Shell::default(),
        );
        assert!(text.contains("-u \"$CLIENT_ID:$CLIENT_SECRET\""), "{text}");
    }

    #[test]
    fn a_body_that_is_not_kept_is_explained() {
        let body = Body::Digest {
            bytes: 70_000,
            sha256: Digest::hash("ab"),
        };
        let text = command(&request(&[], body), &Shell::default());
        assert!(text.starts_with("# its body is not kept (70000 bytes, SHA-256 "));
        assert!(
            text.contains("destspec replay") && !text.contains("curl"),
            "{text}"
        );
    }

    #[test]
    fn a_secret_of_a_form_is_encoded_by_curl() {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = Body::Text("grant_type=x&client_secret=⟦secret:client_secret#1⟧&a=b%20c".into());
        let said = run(&command(&request(&form, body), &Shell::default()));
        let fields = "|--data-raw||grant_type=x||--data-urlencode||client_secret=s3\\cret||--data-raw||a=b%20c|";
        assert!(said.contains(fields), "{said}");
    }

    #[test]
    fn a_token_that_is_none_stays_text() {
        assert_eq!(quote("⟦x⟧", &Shell::default()), "'⟦x⟧'");
        assert_eq!(quote("", &Shell::default()), "''");
        assert_eq!(quote("⟦secret:a-b.c#1⟧", &Shell::default()), "\"$A_B_C\"");
    }
}
