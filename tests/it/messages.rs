//! Messages from profiles: the documented renders byte for byte, aggregation, and templates that fail.

#![expect(clippy::expect_used, reason = "tests may panic")]

use destspec::encode::message::{Message, RenderError, Renderer, synthetic};
use destspec::model::profile::{Profile, Status};
use destspec::model::submission::{Destination, Files, parse};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

const TIME: &str = "2019-11-20T13:15:49Z";
const URL: &str = "https://api.example.com/users";

/// A destination under construction.
struct Draft {
    url: String,
    query: Option<String>,
    body: String,
    aggregation: Value,
    schema: Value,
    namespaces: Value,
    extra: &'static str,
}

struct Folder {
    server: String,
    configuration: String,
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        Ok(if path == "s" {
            &self.server
        } else {
            &self.configuration
        }
        .clone())
    }
}

impl Draft {
    fn new(body: &str, aggregation: Value) -> Self {
        Self {
            url: URL.to_owned(),
            query: None,
            body: body.to_owned(),
            aggregation,
            schema: json!({ "profileRequired": true }),
            namespaces: json!({ "Email": {} }),
            extra: "",
        }
    }

    fn destination(&self) -> Destination {
        let template = |value: &str| json!({ "templatingStrategy": "PEBBLE_V1", "value": value });
        let mut server = json!({
            "destinationServerType": "URL_BASED",
            "urlBasedDestination": { "url": template(&self.url) },
            "httpTemplate": {
                "httpMethod": "POST", "contentType": "application/json",
                "headers": [{ "header": "X-Region", "value": template("{{customerData.region}}") }],
                "requestBody": template(&self.body),
            },
        });
        if let Some(query) = &self.query {
            server["httpTemplate"]["queryParameters"] = template(query);
        }
        let configuration = json!({
            "name": "d", "customerDataFields": [{ "name": "region", "type": "string", "default": "eu" }],
            "identityNamespaces": self.namespaces, "aggregation": self.aggregation, "schemaConfig": self.schema,
            "destinationDelivery": [{ "authenticationRule": "NONE" }],
        });
        let folder = Folder {
            server: serde_json::to_string_pretty(&server).expect("JSON"),
            configuration: configuration.to_string(),
        };
        let text = format!(
            "[partner]\nname = \"p\"\nkind = \"isv\"\ncontact = \"a@example.com\"\n[[destination]]\nname = \"d\"\n\
             version = \"1\"\nserver = \"s\"\nconfiguration = \"c\"\n{}",
            self.extra
        );
        let (mut submission, _) = parse("submission.toml", &text, &folder).expect("a submission");
        submission.destinations.remove(0)
    }

    fn messages(&self, profiles: &[Profile]) -> Vec<Message> {
        let renderer = Renderer::new(&self.destination()).expect("templates that parse");
        renderer.messages(profiles).expect("messages")
    }

    fn error(&self, profiles: &[Profile]) -> RenderError {
        let rendered = Renderer::new(&self.destination()).and_then(|r| r.messages(profiles));
        rendered.expect_err("an error")
    }
}

fn best(limit: usize) -> Value {
    json!({ "aggregationType": "BEST_EFFORT", "bestEffortAggregation": { "maxUsersPerRequest": limit, "splitUserById": false } })
}

fn configurable(key: &Value, split: bool) -> Value {
    json!({ "aggregationType": "CONFIGURABLE_AGGREGATION", "configurableAggregation": {
        "maxBatchAgeInSecs": 1800, "maxNumEventsInBatch": 1000, "splitUserById": split, "aggregationKey": key } })
}

fn body(message: &Message) -> Value {
    serde_json::from_str(&message.body).expect("a JSON body")
}

fn person(name: &str) -> Profile {
    Profile::new()
        .identity("Email", format!("{name}@example.com"))
        .attribute("firstName", name)
}

#[test]
fn the_single_profile_fixture_renders_byte_for_byte() {
    let profile = Profile::new()
        .identity("email", "a@x.test")
        .identity("email", "b@x.test")
        .identity("gaid", "g1")
        .member("ups", "s1", Status::Realized, TIME)
        .member("ups", "s2", Status::Realized, TIME);
    let messages = Draft::new(include_str!("../../fixtures/messages/single.peb"), best(1))
        .messages(&[profile]);
    assert_eq!(
        messages[0].body,
        include_str!("../../fixtures/messages/single.expected")
    );
}

#[test]
fn the_documented_render_comes_out_byte_for_byte_with_its_crlf() {
    let profile = Profile::new()
        .identity("gaid", "gaid-BLAcJ")
        .identity("idfa", "idfa-Iv5AG")
        .identity("email", "email-rbN62")
        .member("ups", "segmentid1", Status::Realized, TIME)
        .member("ups", "segmentid3", Status::Exited, TIME)
        .member("ups", "segmentid2", Status::Realized, TIME);
    let messages = Draft::new(
        include_str!("../../fixtures/messages/documented.peb"),
        best(1),
    )
    .messages(&[profile]);
    let expected = include_str!("../../fixtures/messages/documented.expected");
    assert!(expected.contains("\r\n"));
    assert_eq!(messages[0].body, expected);
}

#[test]
fn ten_profiles_at_seven_a_request_are_two_messages_of_seven_and_three() {
    let template =
        "{\"n\":[{% for p in input.profiles %}1{% if not loop.last %},{% endif %}{% endfor %}]}";
    let profiles: Vec<Profile> = (0..10).map(|n| person(&n.to_string())).collect();
    let messages = Draft::new(template, best(7)).messages(&profiles);
    let sizes: Vec<usize> = messages
        .iter()
        .map(|m| m.body.matches('1').count())
        .collect();
    assert_eq!(sizes, [7, 3]);
}

#[test]
fn attributes_are_objects_where_names_are_free_and_bare_values_where_they_are_given() {
    let free = "{\"firstName\":{% for a in input.profile.attributes %}{% if a.key == 'birthDate' %}{% if a.value is empty %}null{% else %}\"{{ a.value.value }}\"{% endif %}{% endif %}{% endfor %}}";
    let messages = Draft::new(free, best(1)).messages(&[
        Profile::new()
            .attribute("firstName", "Hermione")
            .missing("birthDate"),
        Profile::new()
            .attribute("firstName", "Harry")
            .attribute("birthDate", "1980/07/31"),
    ]);
    assert_eq!(messages[0].body, "{\"firstName\":null}");
    assert_eq!(messages[1].body, "{\"firstName\":\"1980/07/31\"}");
    let mut draft = Draft::new("{{ input.profile.attributes }}", best(1));
    draft.schema = json!({ "profileFields": [{ "name": "a", "type": "string" }, { "name": "b", "type": "string" }] });
    let messages = draft.messages(&[Profile::new()
        .attribute("a", "x")
        .missing("b")
        .attribute("c", "unmapped")]);
    assert_eq!(messages[0].body, "{\"a\":\"x\"}");
}

#[test]
fn four_profiles_in_two_audiences_make_the_two_documented_groups() {
    let template = "{\"audience\":\"{{input.aggregationKey.segmentNamespace}}/{{input.aggregationKey.segmentId}}\",\"profiles\":[\
        {% for profile in input.profiles %}{\"first_name\":\"{{profile.attributes.firstName.value}}\"}{% if not loop.last %},{% endif %}{% endfor %}]}";
    let (ups, upload) = (
        "788d8874-8007-4253-92b7-ee6b6c20c6f3",
        "8f812592-3f06-416b-bd50-e7831848a31a",
    );
    let in_ups = |p: Profile| p.member("ups", ups, Status::Realized, TIME);
    let in_upload = |p: Profile| p.member("CustomerAudienceUpload", upload, Status::Realized, TIME);
    let profiles = [
        in_ups(person("Hermione")),
        in_ups(person("Harry")),
        in_upload(person("Tom")),
        in_upload(in_ups(person("Jerry"))),
    ];
    let mut draft = Draft::new(
        template,
        configurable(&json!({ "includeSegmentId": true }), false),
    );
    draft.url = format!("{URL}/{{{{input.aggregationKey.segmentId}}}}");
    let messages = draft.messages(&profiles);
    let names = |all: [&str; 2]| all.map(|n| json!({ "first_name": n })).to_vec();
    let mut first = names(["Hermione", "Harry"]);
    first.push(json!({ "first_name": "Jerry" }));
    assert_eq!(
        body(&messages[0]),
        json!({ "audience": format!("ups/{ups}"), "profiles": first })
    );
    let second = json!({ "audience": format!("CustomerAudienceUpload/{upload}"), "profiles": names(["Tom", "Jerry"]) });
    assert_eq!(body(&messages[1]), second);
    assert_eq!(messages[0].url, format!("{URL}/{ups}"));
    assert_eq!(messages.len(), 2);
}

#[test]
fn the_flag_idiom_prints_one_object_per_identity_with_aliases() {
    let template = "{% set first_encountered = false %}{\"users\":[{% for profile in input.profiles %}{% for ns in [\"Email\",\"phone\"] %}{% for id in profile.identityMap[ns] %}\
        {% if first_encountered %},{% endif %}{% set first_encountered = true %}{\"id\":\"{{ id.id }}\",\"add\":[\
        {% set add_encountered = false %}{% for segment in profile.segmentMembership.ups %}\
        {% if segment.value.status == \"realized\" or segment.value.status == \"existing\" %}\
        {% if add_encountered %},{% endif %}\"{{ destination.segmentAliases[segment.key] }}\"{% set add_encountered = true %}{% endif %}{% endfor %}\
        ],\"remove\":[{% set remove_encountered = false %}{% for segment in profile.segmentMembership.ups %}{% if segment.value.status == \"exited\" %}\
        {% if remove_encountered %},{% endif %}\"{{ destination.namespaceSegmentAliases[\"ups\"][segment.key] }}\"{% set remove_encountered = true %}{% endif %}{% endfor %}]}\
        {% endfor %}{% endfor %}{% endfor %}]}";
    let mut draft = Draft::new(template, best(10));
    draft.extra = "[[destination.audience]]\nid = \"s1\"\nalias = \"one\"\n[[destination.audience]]\nid = \"s2\"\nalias = \"two\"\n";
    let profile = Profile::new()
        .identity("Email", "a")
        .identity("Email", "b")
        .identity("phone", "c")
        .member("ups", "s1", Status::Existing, TIME)
        .member("ups", "s2", Status::Exited, TIME)
        .member("ups", "s3", Status::Realized, TIME);
    let one = |id: &str| json!({ "id": id, "add": ["one", "s3"], "remove": ["two"] });
    let messages = draft.messages(&[profile]);
    assert_eq!(
        body(&messages[0]),
        json!({ "users": [one("a"), one("b"), one("c")] })
    );
}

#[test]
fn the_request_has_the_rendered_query_and_the_content_type_before_other_headers() {
    let mut draft = Draft::new("{}", best(1));
    draft.url = format!("{URL}?v=1");
    draft.query = Some("region={{customerData.region}}".to_owned());
    let messages = draft.messages(&[person("a")]);
    assert_eq!(messages[0].url, format!("{URL}?v=1&region=eu"));
    let headers = [("Content-Type", "application/json"), ("X-Region", "eu")];
    assert_eq!(
        messages[0].headers,
        headers.map(|(n, v)| (n.to_owned(), v.to_owned()))
    );
}

#[test]
fn grouped_messages_carry_status_namespaces_and_reformatted_times() {
    let template = "{\"key\":{{ input.aggregationKey }},\"profiles\":[{% for p in input.profiles %}{{ p }}{% if not loop.last %},{% endif %}{% endfor %}]}";
    let key = json!({ "includeSegmentId": true, "includeSegmentStatus": true, "includeIdentity": true,
        "oneIdentityPerGroup": true, "groups": null });
    let profile = person("a").member("ups", "s1", Status::Exited, "2021-10-26T16:59:00.828461Z");
    let messages = Draft::new(template, configurable(&key, true)).messages(&[profile]);
    let body = body(&messages[0]);
    assert_eq!(body["key"]["segmentStatus"], "exited");
    assert_eq!(body["key"]["segmentAlias"], "s1");
    assert_eq!(body["key"]["identityNamespaces"], json!(["Email"]));
    let time = &body["profiles"][0]["segmentMembership"]["ups"]["s1"]["lastQualificationTime"];
    assert_eq!(time, "2021-10-26T16:59:00.828+0000");
}

#[test]
fn identities_are_hashed_in_the_namespaces_that_ask_for_it() {
    let template = "{{ input.profile.identityMap }}";
    let mut draft = Draft::new(template, best(1));
    draft.namespaces = json!({ "hash": { "transformation": "sha256(lower($))" } });
    let messages = draft.messages(&[Profile::new()
        .identity("hash", "Test@Example.com")
        .identity("Email", "A@b")]);
    let hash = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";
    assert_eq!(
        body(&messages[0]),
        json!({ "hash": [{ "id": hash }], "Email": [{ "id": "A@b" }] })
    );
}

#[test]
fn a_broken_template_is_shown_at_its_place_in_the_json_file() {
    let error = Draft::new("{\n  \"a\": {% if x %}\n  {{ y }}\n}", best(1)).error(&[]);
    let RenderError::Template { role, .. } = &error else {
        unreachable!("{error}")
    };
    assert_eq!(role, "httpTemplate.requestBody");
    let problem = error.problem();
    assert!(problem.help.is_some_and(|help| !help.is_empty()));
    let bad = Draft::new("{\n  \"a\": {{ x | uper }}\n}", best(1)).error(&[person("a")]);
    let place = bad.place();
    let at = &place.source.text[place.span.start..];
    assert!(
        at.starts_with("uper") || at.starts_with("| uper") || at.starts_with("x |"),
        "{bad}: {at}"
    );
}

#[test]
fn a_body_that_is_no_json_names_the_profile_that_breaks_it() {
    let template = "[{% for p in input.profiles %}\"{{ p.attributes.firstName.value }}\"{% if not loop.last %},{% endif %}{% endfor %}]";
    let profiles = [person("Ada"), person("Rosa \"Rosie\""), person("Grace")];
    let error = Draft::new(template, best(10)).error(&profiles);
    let text = error.to_string();
    assert!(
        text.contains("profile 2 of 3, Email `Rosa \"Rosie\"@example.com`"),
        "{text}"
    );
    assert!(text.contains("line 1, column 15"), "{text}");
    assert!(
        error
            .detail()
            .is_some_and(|d| d.contains("[\"Ada\",\"Rosa \"Rosie\"\"")),
        "{text}"
    );
}

#[test]
fn a_url_that_cannot_be_called_and_a_header_with_a_line_break_are_refused() {
    let mut draft = Draft::new("{}", best(1));
    draft.url = "{{customerData.host}}/users".to_owned();
    let error = draft.error(&[person("a")]);
    assert!(
        error
            .to_string()
            .starts_with("cannot use the rendered URL `/users`"),
        "{error}"
    );
    let mut draft = Draft::new("{}", best(1));
    draft.extra = "customer_data = { region = \"a\\nb\" }";
    let error = draft.error(&[person("a")]);
    assert!(
        error
            .to_string()
            .starts_with("cannot send the rendered header `X-Region`"),
        "{error}"
    );
}

#[test]
fn a_template_that_reads_what_is_never_there_is_warned_about() {
    let template = "{\"a\":\"{{ customerData.regoin }}\",\"b\":[{% for p in input.profiles %}{% endfor %}],\"c\":\"{{ input.aggregationKey.segmentId }}\"}";
    let renderer = Renderer::new(&Draft::new(template, best(1)).destination()).expect("a renderer");
    let messages: Vec<&str> = renderer
        .warnings()
        .iter()
        .map(|p| p.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "`httpTemplate.requestBody` reads `input.profiles`, which this aggregation does not give",
            "`httpTemplate.requestBody` reads `input.aggregationKey.segmentId`, which is not in the key",
            "`httpTemplate.requestBody` reads `customerData.regoin`, which nobody declares",
        ]
    );
}

#[test]
fn synthetic_profiles_of_every_kind_render_with_the_initial_templates() {
    let template = "{{ input.profile }}";
    let draft = Draft::new(template, best(1));
    let claims = draft.destination().claims();
    let profiles = synthetic::profiles(&mut ChaCha20Rng::seed_from_u64(3), &claims, 50);
    let messages = draft.messages(&profiles);
    let statuses = |s: &str| messages.iter().filter(|m| m.body.contains(s)).count();
    assert_eq!(messages.len(), 50);
    assert!(statuses("\"exited\"") >= 20 && statuses("\"realized\"") >= 40);
    assert!(messages.iter().any(|m| m.body.contains("\"city\":{}")));
}

#[test]
fn a_template_that_reads_one_shape_of_timestamps_gets_that_shape() {
    let times = "{% for s in input.profile.segmentMembership.ups %}\"{{ s.value.lastQualificationTime | \
         date(existingFormat=\"yyyy-MM-dd'T'HH:mm:sss.SSSX\", format=\"yyyy-MM-dd'T'HH:mm:ssX\") }}\"{% endfor %}";
    let draft = Draft::new(times, best(1));
    for time in [
        TIME,
        "2019-11-20T13:15:49.000+0000",
        "2019-11-20T13:15:49.828461Z",
    ] {
        let profile = Profile::new().member("ups", "s1", Status::Realized, time);
        assert_eq!(
            draft.messages(&[profile])[0].body,
            "\"2019-11-20T13:15:49Z\""
        );
    }
    let renderer = Renderer::new(&draft.destination()).expect("a template that parses");
    assert!(renderer.keeps("2019-11-20T13:15:49.000+0000"));
    assert!(!renderer.keeps(TIME));
}
