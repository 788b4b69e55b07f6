//! Long lists, which are kept otherwise than short ones, must not render otherwise.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use destspec::encode::pebble::{Context, ErrorKind, Options, Template, Value};
use serde_json::{Value as Json, json};

/// More elements than any list has that is kept as it came.
const MANY: usize = 100;

/// What a template may do with a profile.
const BODIES: &[&str] = &[
    "{{ p }}",
    "{{ p | toJson }}",
    "{{ p.name }}{{ p.name | upper }}{{ p.name.length }}{{ p.name.toUpperCase() }}",
    "{{ p['name'] }}{{ p[\"n\"] + 1 }}{{ p.n * 2 }}{{ p.n is even }}",
    "{{ p.missing }}{{ p.missing.deeper }}{{ p.missing | default('none') }}",
    "{{ p.nothing }}{{ p.nothing.deeper }}{{ p.nothing is null }}{{ p.nothing ~ 'x' }}",
    "{% if p.tags is empty %}-{% elseif p.tags is iterable %}{{ p.tags | length }}{% endif %}",
    "{{ p is map }}{{ p.blank is empty }}{{ p.blank is not empty }}{{ p.n is empty }}{{ p.deep is not empty }}",
    "{{ p.name == 'name 3' }}{{ p.name != p.blank }}{{ p.n == 3 or p.name == 'name 4' }}",
    "{% for t in p.tags %}{{ t }}{{ loop.index }}{{ loop.last }}{% else %}none{% endfor %}",
    "{% for e in p.deep %}{{ e.key }}={{ e.value }}{{ e }}{% for f in e.value %}{{ f.key }}{{ f.value }}{% endfor %}{% endfor %}",
    "{% for x in p.nothing %}x{% else %}y{% endfor %}{% for x in p.missing %}x{% else %}y{% endfor %}",
    "{{ p.tags[0] }}{{ p.tags[7] }}{{ p.tags.size }}{{ p.tags.size() }}",
    "{{ p.tags | sort | join(',') }}|{{ p.tags | join(',') }}",
    "{{ p.tags | reverse | join(',') }}|{{ p.tags | join(',') }}|{% for t in p.tags %}{{ t }}{% endfor %}",
    "{% set l = p.tags %}{% set l = l + 'new' %}{{ p.tags | join(',') }}",
    "{{ p.deep.keySet() }}{{ p.deep.inner }}{{ p.deep.size() }}{{ p.deep.size }}",
    "{{ p.deep.inner.a | default(p.name) }}{{ p.deep | merge({'k': 1}) | length }}",
    "{% set q = p %}{{ q.name }}{{ q.deep.inner }}{% set q = q.deep %}{{ q.inner.b }}",
    "{{ p.ups | added | length }}{% for s in addedSegments(p.ups) %}{{ s.key }}{{ s.value.status }}{% endfor %}",
    "{{ p.big }}{{ p.half }}{{ p.yes }}{% if p.yes %}1{% endif %}{{ p.yes and p.n }}",
];

fn profile(n: usize) -> Json {
    let tags: Vec<String> = (0..n % 4).rev().map(|tag| format!("t{tag}")).collect();
    json!({
        "name": format!("name {n}"), "n": n, "tags": tags, "nothing": null, "blank": " ",
        "deep": {"inner": {"a": format!("a\"{n}"), "b": [[n], {}]}, "list": {}},
        "ups": {"s1": {"status": "realized"}, "s2": {"status": if n.is_multiple_of(2) { "exited" } else { "existing" }}},
        "big": 4_294_967_296_u64 + n as u64, "half": n as f64 / 2.0, "yes": n.is_multiple_of(3),
    })
}

fn render(source: &str, profiles: &[Json], strict: bool) -> Result<String, ErrorKind> {
    let options = Options {
        strict_variables: strict,
        ..Options::adobe()
    };
    let template = Template::parse(source, &options).unwrap_or_else(|e| panic!("{source}: {e}"));
    let mut context = Context::new();
    context.set("l", Value::json_from(&Json::Array(profiles.to_vec())));
    template.render(&context).map_err(|error| error.kind)
}

#[test]
fn a_profile_renders_in_a_batch_as_it_renders_alone() {
    let profiles: Vec<Json> = (0..MANY).map(profile).collect();
    for body in BODIES {
        let source = format!("{{% for p in l %}}{body}\n{{% endfor %}}");
        for strict in [false, true] {
            let alone: Result<Vec<String>, ErrorKind> = profiles
                .iter()
                .map(|profile| render(&source, std::slice::from_ref(profile), strict))
                .collect();
            let batch = render(&source, &profiles, strict);
            assert_eq!(batch, alone.map(|parts| parts.concat()), "{body}");
        }
    }
}

#[test]
fn elements_taken_up_one_by_one_render_as_those_of_one_array() {
    let profiles: Vec<Json> = (0..MANY).map(profile).collect();
    for body in BODIES {
        let source = format!("{{% for p in l %}}{body}\n{{% endfor %}}{{{{ l | last }}}}");
        let template = Template::parse(&source, &Options::adobe()).unwrap();
        let mut context = Context::new();
        context.set("l", Value::json_array(profiles.clone()));
        let rendered = template.render(&context).map_err(|error| error.kind);
        assert_eq!(rendered, render(&source, &profiles, false), "{body}");
    }
}

#[test]
fn a_long_list_is_a_list() {
    let numbers: Vec<Json> = (0..MANY).rev().map(Json::from).collect();
    let joined = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers.map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    };
    let (up, down) = (joined(&mut (0..MANY)), joined(&mut (0..MANY).rev()));
    for (source, expected) in [
        (
            "{{ l | length }} {{ l.size() }} {{ l[2] }} {{ l | first }} {{ l | last }}",
            "100 100 97 99 0".to_owned(),
        ),
        (
            "{{ l is empty }} {{ l is iterable }} {{ l is map }}",
            "false true false".to_owned(),
        ),
        ("{{ l | join(',') }}", down.clone()),
        ("{{ l }}", format!("[{down}]")),
        (
            "{{ l | sort | join(',') }};{{ l | join(',') }}",
            format!("{up};{up}"),
        ),
        (
            "{% set m = l | sort %}{% for n in l %}{{ n }}{% if not loop.last %},{% endif %}{% endfor %}",
            up.clone(),
        ),
        (
            "{{ l | slice(98) | reverse | join(',') }};{{ l[99] }}",
            "0,1;1".to_owned(),
        ),
        (
            "{% for n in l %}{% if loop.first %}{{ loop.length }}{{ loop.revindex }}{% endif %}{% endfor %}",
            "10099".to_owned(),
        ),
    ] {
        assert_eq!(
            render(source, &numbers, false).as_ref(),
            Ok(&expected),
            "{source}"
        );
    }
    let changing = "{% for n in l %}{{ l.add(n) }}{% endfor %}";
    assert_eq!(render(changing, &numbers, false), Err(ErrorKind::Runtime));
}

#[test]
fn a_list_within_a_long_list_changes_in_every_place_that_reads_it() {
    let nested: Vec<Json> = (0..MANY).map(|n| json!({"tags": ["b", "a", n]})).collect();
    let source = "{% for p in l %}{{ p.tags.add('z') }}{% endfor %}{{ l[3].tags }}{{ l | last }}";
    let expected = format!(
        "{}[\"b\",\"a\",3,\"z\"]{{\"tags\":[\"b\",\"a\",99,\"z\"]}}",
        "true".repeat(MANY)
    );
    assert_eq!(render(source, &nested, false), Ok(expected));
}
