//! Reports as other programs see them: xmllint reads the JUnit, Chromium lays the HTML out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::path::Path;
use std::process::Command;

use destspec::publish::report::{JunitDialect, Options, Report, render};
use destspec::suite::words;

use crate::support::record::{every_outcome, hostile};

/// Chromium as the system calls it.
fn browser() -> &'static str {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    names.into_iter().find(runs).unwrap_or("chromium")
}

/// What a program prints; fails where it is missing or does not succeed.
fn tool(program: &str, package: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let output = output.unwrap_or_else(|error| {
        panic!("cannot run `{program}`: {error}; help: apt-get install -y {package}")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The page as Chromium has it after loading.
fn dom(folder: &Path, page: &Path) -> String {
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let url = format!("file://{}", page.display());
    let quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
    ];
    let args = [&quiet[..], &[&profile, "--dump-dom", &url]].concat();
    tool(browser(), "chromium", &args)
}

#[test]
fn xmllint_reads_the_junit_whatever_the_record_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    for run in [every_outcome(), hostile()] {
        for dialect in [JunitDialect::Default, JunitDialect::Xunit] {
            let options = Options {
                dialect,
                ..Options::default()
            };
            std::fs::write(
                &path,
                render(Report::Junit, &run, &words(), &options).unwrap(),
            )
            .unwrap();
            tool(
                "xmllint",
                "libxml2-utils",
                &["--noout", path.to_str().unwrap()],
            );
        }
    }
}

#[test]
fn chromium_shows_the_headline_and_no_page_is_wider_than_its_window() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    for run in [every_outcome(), hostile()] {
        let html = render(Report::Html, &run, &words(), &Options::default()).unwrap();
        std::fs::write(&page, &html).unwrap();
        assert!(dom(folder.path(), &page).contains("not conformant"));
        for width in [390, 1280] {
            // The report allows no script, so a page around it measures.
            let inner = html.replace('&', "&amp;").replace('"', "&quot;");
            let measure = "const d = frames[0].document.documentElement; \
                           document.title = 'over by ' + (d.scrollWidth - d.clientWidth)";
            let around = format!(
                "<iframe width={width} height=900 srcdoc=\"{inner}\" onload=\"{measure}\"></iframe>"
            );
            std::fs::write(&page, around).unwrap();
            let seen = dom(folder.path(), &page);
            let title = seen.get(..100).unwrap_or(&seen);
            assert!(title.contains("over by 0<"), "{width}: {title}");
        }
    }
}
